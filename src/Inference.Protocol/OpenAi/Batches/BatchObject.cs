using System.Text.Json.Serialization;
using Inference.Protocol.OpenAi.Responses;

namespace Inference.Protocol.OpenAi.Batches;

/// <summary>A batch. Times are in Unix seconds; what has not happened is left out.</summary>
public sealed record BatchObject
{
    /// <summary>Unique.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "batch";

    /// <summary>The address that all its requests are for.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Why it failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchErrors? Errors { get; init; }

    /// <summary>The file of its requests.</summary>
    public required string InputFileId { get; init; }

    /// <summary>"24h".</summary>
    public required string CompletionWindow { get; init; }

    /// <summary>"validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling" or "cancelled".</summary>
    public required string Status { get; init; }

    /// <summary>The file of the answers, if there is any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OutputFileId { get; init; }

    /// <summary>The file of the errors, if there is any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorFileId { get; init; }

    /// <summary>When it was asked for.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When its requests were found to be in order.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? InProgressAt { get; init; }

    /// <summary>When what has not run by then no longer will.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>When the last request had run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FinalizingAt { get; init; }

    /// <summary>When its results were there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CompletedAt { get; init; }

    /// <summary>When it failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FailedAt { get; init; }

    /// <summary>When its results were there, without those that had no time to run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ExpiredAt { get; init; }

    /// <summary>When it was asked to end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CancellingAt { get; init; }

    /// <summary>When it had ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CancelledAt { get; init; }

    /// <summary>How many of its requests have run.</summary>
    public required BatchRequestCounts RequestCounts { get; init; }

    /// <summary>Tokens that all its requests used; left out until it has ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResponseUsage? Usage { get; init; }

    /// <summary>As it was sent.</summary>
    public IReadOnlyDictionary<string, string?>? Metadata { get; init; }
}
