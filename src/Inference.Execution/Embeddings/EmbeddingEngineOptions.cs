namespace Inference.Execution.Embeddings;

/// <summary>How much an <see cref="EmbeddingEngine"/> takes on.</summary>
public sealed record EmbeddingEngineOptions
{
    /// <summary>The most requests whose texts are embedded in turn (<c>--max-num-seqs</c>).</summary>
    public int MaxRunning { get; init; } = 256;

    /// <summary>The most requests that wait beyond those (<c>--max-queue-length</c>).</summary>
    public int MaxQueueLength { get; init; } = 1024;

    /// <summary>The most tokens of requests that wait, except for one that is alone (<c>--max-queued-tokens</c>).</summary>
    public long MaxQueuedTokens { get; init; } = long.MaxValue;
}
