using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>A piece of a message. What it does not carry is left out.</summary>
/// <param name="Role">"assistant" on a choice's first chunk only.</param>
/// <param name="Content">Text to append.</param>
public sealed record ChatDelta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content)
{
    /// <summary>Reasoning to append.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent { get; init; }

    /// <summary>The same under the name that newer clients look for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reasoning => ReasoningContent;

    /// <summary>A piece of a tool call.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }
}
