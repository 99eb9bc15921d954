using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>A message that the model wrote.</summary>
/// <param name="Content">Its text; null when it only calls tools.</param>
public sealed record ChatMessage(string? Content)
{
    /// <summary>Who speaks.</summary>
    public string Role { get; } = "assistant";

    /// <summary>Always null: the server refuses nothing on the model's behalf. Clients expect the field.</summary>
    public string? Refusal { get; }

    /// <summary>What the model thought before it answered; left out when it did not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent { get; init; }

    /// <summary>The same under the name that newer clients look for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reasoning => ReasoningContent;

    /// <summary>The tools to call; left out when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCall>? ToolCalls { get; init; }
}
