using System.Collections.Immutable;

namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /rerank, as Jina's and Cohere's interfaces have it.</summary>
public sealed record RerankRequest : PoolingRequestBody
{
    /// <summary>What is looked for; required.</summary>
    public string? Query { get; init; }

    /// <summary>Where; required.</summary>
    public ImmutableArray<RerankDocument>? Documents { get; init; }

    /// <summary>How many of the best to give; all when left out or 0.</summary>
    public int? TopN { get; init; }

    /// <summary>Whether the answer repeats the documents' texts; true when left out.</summary>
    public bool? ReturnDocuments { get; init; }
}
