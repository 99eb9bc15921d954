namespace Inference.Execution.Embeddings;

/// <summary>What a folder says about an embedding model.</summary>
public sealed record EmbeddingSpec
{
    /// <summary>The ONNX file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>From the tokens' vectors to the text's.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>Whether vectors are brought to length 1.</summary>
    public required bool IsNormalized { get; init; }

    /// <summary>The most tokens of a text, special ones included.</summary>
    public required int MaxLength { get; init; }
}
