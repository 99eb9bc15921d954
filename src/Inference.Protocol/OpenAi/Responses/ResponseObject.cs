using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi.Responses;

/// <summary>A response: what was asked for, and what has come of it so far.</summary>
public sealed record ResponseObject
{
    /// <summary>Unique.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "response";

    /// <summary>When the request arrived, in Unix seconds.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When it was complete, in Unix seconds; null before, and when it never is.</summary>
    public long? CompletedAt { get; init; }

    /// <summary>"queued", "in_progress", "completed", "incomplete", "failed" or "cancelled".</summary>
    public required string Status { get; init; }

    /// <summary>Whether it is generated whether anybody waits or not.</summary>
    public bool Background { get; init; }

    /// <summary>What went wrong; null when nothing has.</summary>
    public ResponseFailure? Error { get; init; }

    /// <summary>Why there is not more; null when nothing is missing.</summary>
    public IncompleteDetails? IncompleteDetails { get; init; }

    /// <summary>As it was sent.</summary>
    public string? Instructions { get; init; }

    /// <summary>As it was sent.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>As it was sent.</summary>
    public int? MaxToolCalls { get; init; }

    /// <summary>The model that answers.</summary>
    public required string Model { get; init; }

    /// <summary>What was generated, in its order.</summary>
    public IReadOnlyList<ResponseItem> Output { get; init; } = [];

    /// <summary>As it was sent; true when left out.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>As it was sent.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>As it was sent.</summary>
    public string? PromptCacheKey { get; init; }

    /// <summary>As it was sent.</summary>
    public required JsonElement Reasoning { get; init; }

    /// <summary>As it was sent.</summary>
    public string? SafetyIdentifier { get; init; }

    /// <summary>"default".</summary>
    public string ServiceTier { get; init; } = "default";

    /// <summary>Whether it can be fetched later.</summary>
    public bool Store { get; init; } = true;

    /// <summary>What it was generated with.</summary>
    public required double Temperature { get; init; }

    /// <summary>As it was sent; {"format": {"type": "text"}} when left out.</summary>
    public required JsonElement Text { get; init; }

    /// <summary>As it was sent; "auto" when left out.</summary>
    public required JsonElement ToolChoice { get; init; }

    /// <summary>As they were sent; none when left out.</summary>
    public required JsonElement Tools { get; init; }

    /// <summary>As it was sent; 0 when left out.</summary>
    public int TopLogprobs { get; init; }

    /// <summary>What it was generated with.</summary>
    public required double TopP { get; init; }

    /// <summary>As it was sent; "disabled" when left out.</summary>
    public string Truncation { get; init; } = "disabled";

    /// <summary>Tokens used; left out until they are known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResponseUsage? Usage { get; init; }

    /// <summary>As it was sent; left out when it was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? User { get; init; }

    /// <summary>As it was sent; none when left out.</summary>
    public IReadOnlyDictionary<string, string?> Metadata { get; init; } = new Dictionary<string, string?>();
}
