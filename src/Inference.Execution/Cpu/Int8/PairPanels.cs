namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// The right side of an integer product: columns in two groups of 16, their depth in panels. A panel holds, for each pair of neighbouring
/// depths, 16 columns of
/// two bytes side by side.
/// </summary>
internal unsafe struct PairPanels
{
    /// <summary>Bytes of each of <see cref="Ahead"/> for every pair of depths.</summary>
    public const int BytesAhead = 32;

    /// <summary>[count]: the panels of the left 16 columns.</summary>
    public sbyte** Left;

    /// <summary>[count]: the panels of the right 16 columns.</summary>
    public sbyte** Right;

    /// <summary>Bytes into each left panel.</summary>
    public int LeftOffset;

    /// <summary>Bytes into each right panel.</summary>
    public int RightOffset;

    public int Count;

    /// <summary>Pairs of depths in a panel.</summary>
    public int Pairs;

    /// <summary>Bytes from a pair of depths to the next.</summary>
    public int Stride;

    /// <summary>
    /// Four panels to fetch into the cache meanwhile, <see cref="BytesAhead"/> of each for every pair of depths, or null. Spread over the arithmetic:
    /// memory answers only so many
    /// requests at a time, and more at once would hold everything up.
    /// </summary>
    public sbyte** Ahead;
}
