using System.Collections.Immutable;

namespace Inference.Execution.Embeddings;

/// <summary>Texts to embed together.</summary>
/// <param name="Texts">At least one, each of 1 or more checked token ids, special ones included.</param>
/// <param name="Deadline">The time in which the first text must begin; null for none.</param>
public sealed record EmbeddingTexts(ImmutableArray<ReadOnlyMemory<int>> Texts, TimeSpan? Deadline = null)
{
    /// <summary>Tokens of all texts.</summary>
    public int TokenCount { get; } = Texts.Sum(text => text.Length);
}
