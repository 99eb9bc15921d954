namespace Inference.Models.Checkpoints;

/// <summary>One of a decoder's weights as a checkpoint has it: (stored + <see cref="Plus"/>) * <see cref="Times"/>, of chosen rows.</summary>
/// <param name="Stored">The stored tensor's name; null for a vector of ones.</param>
internal sealed record WeightView(string? Stored)
{
    /// <summary>Which of its rows (of a vector: elements), in which order; null for all.</summary>
    public RowSelection? Rows { get; init; }

    /// <summary>Whether the stored matrix is [in, out].</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Added to every element.</summary>
    public float Plus { get; init; }

    /// <summary>Multiplies every element.</summary>
    public float Times { get; init; } = 1;

    /// <summary>Elements of a vector of ones.</summary>
    public int Length { get; init; }
}
