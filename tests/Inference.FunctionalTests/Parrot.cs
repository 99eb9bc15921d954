using Inference.Engine.Execution;
using Inference.Server.Serving;
using Inference.Testing;
using Inference.Tokenization.ChatTemplates;

namespace Inference.FunctionalTests;

/// <summary>A model that always gives one answer: after the last of its special tokens it says the answer, then the end-of-sequence token.</summary>
internal static class Parrot
{
    private const int StartTokenId = 1;

    /// <summary>A server whose chat template is the messages and tools as JSON, and then <paramref name="opening"/>.</summary>
    /// <param name="answer">What the model says.</param>
    /// <param name="traits">How it writes tool calls and reasoning.</param>
    /// <param name="opening">What the template begins the answer with.</param>
    public static Task<RunningServer> StartAsync(string answer, ChatTraits traits, string opening = "") => RunningServer.StartAsync(
        model: model => model with
        {
            Traits = traits,
            ChatTemplate = ChatTemplate.Parse("{{ messages | tojson }}{{ tools | tojson if tools }}<|im_start|>" + opening),
        },
        executor: Executor(answer, Alphabet.Tokenizer.Encode(opening).Length));

    private static ScriptedExecutor Executor(string answer, int openingLength)
    {
        var ids = Alphabet.Tokenizer.Encode(answer);
        return new ScriptedExecutor(new ModelLimits(512, 4096, 16, 512), history =>
        {
            var said = history.Length - 1 - history.LastIndexOf(StartTokenId) - openingLength;
            return said < ids.Length ? ids[said] : Alphabet.EosTokenId;
        });
    }
}
