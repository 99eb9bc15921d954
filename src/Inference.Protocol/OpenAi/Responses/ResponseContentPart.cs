using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi.Responses;

/// <summary>A part of an item's content.</summary>
/// <param name="Type">"output_text" or "reasoning_text".</param>
/// <param name="Text">Its text.</param>
public sealed record ResponseContentPart(string Type, string Text)
{
    /// <summary>None, of a message's text; left out of reasoning.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Annotations { get; init; }

    /// <summary>Of a message's tokens; empty unless asked for, left out of reasoning.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChatTokenLogprob>? Logprobs { get; init; }
}
