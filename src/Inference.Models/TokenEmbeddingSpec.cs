namespace Inference.Models;

/// <summary>What happens to a token between its row of the embedding matrix and the first layer.</summary>
public sealed record TokenEmbeddingSpec
{
    /// <summary>Multiplies the row.</summary>
    public float Multiplier { get; init; } = 1;

    /// <summary>Rows of a table of learned positions, added to the tokens'; 0 for none.</summary>
    public int LearnedPositions { get; init; }

    /// <summary>Whether a norm follows.</summary>
    public bool HasNorm { get; init; }
}
