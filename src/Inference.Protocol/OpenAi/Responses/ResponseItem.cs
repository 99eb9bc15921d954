using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi.Responses;

/// <summary>One thing that was generated: a message, a function call or reasoning. What a kind does not have is left out.</summary>
public sealed record ResponseItem
{
    /// <summary>Unique.</summary>
    public required string Id { get; init; }

    /// <summary>"message", "function_call" or "reasoning".</summary>
    public required string Type { get; init; }

    /// <summary>"in_progress", "completed", or "incomplete" where the tokens did not suffice.</summary>
    public required string Status { get; init; }

    /// <summary>"assistant", of a message.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    /// <summary>Nothing, of reasoning, which is told whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ResponseContentPart>? Summary { get; init; }

    /// <summary>A message's or the reasoning's text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ResponseContentPart>? Content { get; init; }

    /// <summary>What the function's answer refers to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CallId { get; init; }

    /// <summary>The function to call.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>JSON as the model wrote it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Arguments { get; init; }
}
