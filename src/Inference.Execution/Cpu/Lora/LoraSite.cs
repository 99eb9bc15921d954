namespace Inference.Execution.Cpu.Lora;

/// <summary>What an adapter adds to one of the model's products; all zero if nothing.</summary>
internal unsafe struct LoraSite
{
    /// <summary>A of all parts side by side, transposed: [<see cref="InputSize"/>, <see cref="RankStride"/>].</summary>
    public float* A;

    /// <summary>Elements of the product's input.</summary>
    public int InputSize;

    /// <summary>The parts' ranks, each padded to whole vectors.</summary>
    public int RankStride;

    /// <summary>The outputs that it writes to end here.</summary>
    public int OutputEnd;

    /// <summary>How many parts.</summary>
    public int PartCount;

    /// <summary>The parts.</summary>
    public LoraPart* Parts;
}
