using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>What a chunk adds to one choice.</summary>
public sealed record ChatChunkChoice
{
    /// <summary>From 0 to n - 1.</summary>
    public required int Index { get; init; }

    /// <summary>The addition to the message.</summary>
    public required ChatDelta Delta { get; init; }

    /// <summary>Of the tokens since the chunk before; null unless asked for.</summary>
    public ChatLogprobs? Logprobs { get; init; }

    /// <summary>"stop", "length" or "tool_calls" on the choice's last chunk, null before.</summary>
    public string? FinishReason { get; init; }

    /// <summary>What stopped it, when that was a stop string or a stop token of the request.</summary>
    public StopReason? StopReason { get; init; }

    /// <summary>The tokens generated, stop tokens included. Left out unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? TokenIds { get; init; }
}
