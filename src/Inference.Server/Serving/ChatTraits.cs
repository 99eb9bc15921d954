using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Server.Parsing;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Server.Serving;

/// <summary>What a chat template says about the model besides the prompt: how it writes tool calls and reasoning, and how it takes them back.</summary>
internal sealed record ChatTraits
{
    private const string Needle = "needle";

    /// <summary>Nothing known: all output is content.</summary>
    public static ChatTraits None { get; } = new();

    /// <summary>How the model writes tool calls; null when it is not known to.</summary>
    public ToolCallFormat? Tools { get; init; }

    /// <summary>Whether the model's output may begin with reasoning in &lt;think&gt; tags.</summary>
    public bool HasReasoning { get; init; }

    /// <summary>Whether the output always begins inside the reasoning, whatever the prompt ends with.</summary>
    public bool StartsReasoning { get; init; }

    /// <summary>Whether the template takes a call's arguments as an object; as JSON text otherwise.</summary>
    public bool TakesArgumentObjects { get; init; } = true;

    /// <summary>Whether the template takes null as the content of a message that only calls tools; "" otherwise.</summary>
    public bool TakesNullContent { get; init; }

    /// <summary>Whether the template knows the role "developer", which is "system" otherwise.</summary>
    public bool KnowsDeveloper { get; init; }

    /// <summary>Looks for the marks of known families in a template, and tries out how it takes tool calls.</summary>
    public static ChatTraits Detect(string source, ChatTemplate template)
    {
        var traits = new ChatTraits
        {
            Tools = ToolCallFormat.Detect(source),
            HasReasoning = source.Contains("<think>", StringComparison.Ordinal),
            KnowsDeveloper = source.Contains("developer", StringComparison.Ordinal),
        };

        // Null before "", for where both are taken null says more; objects before text likewise.
        foreach (var (isObject, isNull) in new[] { (true, true), (true, false), (false, true), (false, false) })
        {
            if (Takes(template, isObject, isNull))
            {
                return traits with { TakesArgumentObjects = isObject, TakesNullContent = isNull };
            }
        }

        return traits;
    }

    private static bool Takes(ChatTemplate template, bool isObject, bool isNull)
    {
        var call = new JsonObject
        {
            ["id"] = "abcdefghi",
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = "f",
                ["arguments"] = isObject ? new JsonObject { ["x"] = Needle } : $"{{\"x\": \"{Needle}\"}}",
            },
        };
        var messages = new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = "a" },
            new JsonObject { ["role"] = "assistant", ["content"] = isNull ? null : "", ["tool_calls"] = new JsonArray(call) },
            new JsonObject { ["role"] = "tool", ["tool_call_id"] = "abcdefghi", ["name"] = "f", ["content"] = "b" });
        try
        {
            var input = new ChatTemplateInput { Messages = JsonElement.Parse(messages.ToJsonString()), BosToken = "", EosToken = "", Now = DateTimeOffset.UnixEpoch };
            var text = template.Render(input);

            // A template that escapes its quotes has taken the text for a value.
            return text.Contains(Needle, StringComparison.Ordinal) && !text.Contains("\\\"" + Needle, StringComparison.Ordinal);
        }
        catch (ChatTemplateException)
        {
            return false;
        }
    }
}
