using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>One complete chat choice.</summary>
public sealed record ChatChoice
{
    /// <summary>From 0 to n - 1.</summary>
    public required int Index { get; init; }

    /// <summary>The assistant's message.</summary>
    public required ChatMessage Message { get; init; }

    /// <summary>Null unless asked for.</summary>
    public ChatLogprobs? Logprobs { get; init; }

    /// <summary>"stop", "length" or "tool_calls".</summary>
    public required string FinishReason { get; init; }

    /// <summary>What stopped it, when that was a stop string or a stop token of the request.</summary>
    public StopReason? StopReason { get; init; }

    /// <summary>The tokens generated, stop tokens included. Left out unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? TokenIds { get; init; }
}
