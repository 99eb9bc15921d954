namespace Inference.Execution.Cpu.Lora;

/// <summary>What an adapter adds to some outputs of a product.</summary>
internal unsafe struct LoraPart
{
    /// <summary>B transposed, with the adapter's factor: [<see cref="Rank"/>, <see cref="Stride"/>].</summary>
    public float* B;

    /// <summary>Floats from a row of B to the next: the outputs, padded to whole vectors.</summary>
    public int Stride;

    /// <summary>Where its outputs begin among the product's.</summary>
    public int FirstOutput;

    /// <summary>How many outputs.</summary>
    public int OutputCount;

    /// <summary>Where its row of A x begins among all parts'.</summary>
    public int FirstRank;

    /// <summary>Elements of that row.</summary>
    public int Rank;
}
