namespace Inference.Models.Lora;

/// <summary>What an adapter adds to a projection: y += B (A x), with A [rank, in] and B [out, rank].</summary>
public sealed class LoraProjection
{
    internal LoraProjection(LoraTarget target, string storedA, int rank) => (Target, StoredA, Rank) = (target, storedA, rank);

    /// <summary>The product that holds the projection, as <see cref="Graphs.GraphContract.Site"/> says it.</summary>
    public int Site => Target.Site;

    /// <summary>Elements of x.</summary>
    public int InputSize => Target.InputSize;

    /// <summary>Where y begins among the product's outputs.</summary>
    public int FirstOutput => Target.FirstOutput;

    /// <summary>Elements of y.</summary>
    public int OutputSize => Target.OutputSize;

    /// <summary>Rows of A.</summary>
    public int Rank { get; }

    /// <summary>The projection.</summary>
    internal LoraTarget Target { get; }

    /// <summary>The name of A in the adapter's file.</summary>
    internal string StoredA { get; }
}
