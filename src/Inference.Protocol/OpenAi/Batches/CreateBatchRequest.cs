namespace Inference.Protocol.OpenAi.Batches;

/// <summary>The body of POST /v1/batches.</summary>
public sealed record CreateBatchRequest
{
    /// <summary>A file of requests, one on each line, that was uploaded with the purpose "batch".</summary>
    public string? InputFileId { get; init; }

    /// <summary>The address that all of them are for.</summary>
    public string? Endpoint { get; init; }

    /// <summary>"24h".</summary>
    public string? CompletionWindow { get; init; }

    /// <summary>Told back: texts by name.</summary>
    public Dictionary<string, string?>? Metadata { get; init; }

    /// <summary>When the files of results are deleted; null for never.</summary>
    public FileExpiration? OutputExpiresAfter { get; init; }
}
