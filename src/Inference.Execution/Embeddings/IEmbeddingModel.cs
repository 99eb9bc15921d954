using Inference.Engine.Execution;

namespace Inference.Execution.Embeddings;

/// <summary>Makes a vector of a text. Implemented on ONNX Runtime, and by test doubles.</summary>
public interface IEmbeddingModel : IDisposable
{
    /// <summary>The length of a vector.</summary>
    int Dimensions { get; }

    /// <summary>The most tokens of a text, special ones included.</summary>
    int MaxLength { get; }

    /// <summary>The vector of one text. Calls never overlap.</summary>
    /// <param name="tokenIds">From 1 to <see cref="MaxLength"/> ids, special ones included.</param>
    /// <exception cref="ExecutionException">It failed.</exception>
    float[] Embed(ReadOnlySpan<int> tokenIds);
}
