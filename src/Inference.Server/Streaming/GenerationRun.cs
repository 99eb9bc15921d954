using Inference.Protocol.OpenAi;
using Inference.Server.Telemetry;
using Inference.Server.Validation;

namespace Inference.Server.Streaming;

/// <summary>A request that is being answered.</summary>
/// <param name="Context">Where the answer goes.</param>
/// <param name="Generation">What is asked for.</param>
/// <param name="Choices">What the engine makes of it.</param>
/// <param name="Limit">How long it may take.</param>
/// <param name="Trace">What is told of it to operators.</param>
internal sealed record GenerationRun(HttpContext Context, Generation Generation, ChoiceSet Choices, TimeLimit Limit, GenerationTrace Trace)
{
    /// <summary>Tokens used so far.</summary>
    public Usage Usage => new(Generation.PromptTokens, Generation.IsPromptOnly ? 0 : Choices.CompletionTokens)
    {
        PromptTokensDetails = new PromptTokensDetails(Choices.CachedTokens(Generation.ChoicesPerPrompt)),
        CompletionTokensDetails = new CompletionTokensDetails(Choices.ReasoningTokens),
    };
}
