namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /v1/embeddings.</summary>
public sealed record EmbeddingRequest : PoolingRequestBody
{
    /// <summary>The texts; required. Token ids are taken as they are.</summary>
    public Prompt? Input { get; init; }

    /// <summary>"float" (the default) or "base64": of the floats' bytes, little-endian.</summary>
    public string? EncodingFormat { get; init; }

    /// <summary>Keep this many dimensions, brought to length 1 again; all when left out.</summary>
    public int? Dimensions { get; init; }
}
