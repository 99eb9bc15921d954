namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// The right side of an integer product: columns in two groups of 16, their depth in panels. A panel holds, for each four neighbouring
/// depths, 16 columns of four bytes side by side.
/// </summary>
internal unsafe struct QuadPanels
{
    /// <summary>Depths that lie side by side.</summary>
    public const int Depths = 4;

    /// <summary>Bytes of each of <see cref="Ahead"/> for every four depths: a cache line.</summary>
    public const int BytesAhead = 64;

    /// <summary>[count]: the panels of the left 16 columns.</summary>
    public byte** Left;

    /// <summary>[count]: the panels of the right 16 columns.</summary>
    public byte** Right;

    /// <summary>Bytes into each left panel.</summary>
    public int LeftOffset;

    /// <summary>Bytes into each right panel.</summary>
    public int RightOffset;

    /// <summary>Panels, at least 1.</summary>
    public int Count;

    /// <summary>Times four depths in a panel, at least 1.</summary>
    public int Quads;

    /// <summary>Bytes from four depths to the next.</summary>
    public int Stride;

    /// <summary>Whether the bytes have no sign; those of the left side then have one, and otherwise have none.</summary>
    public bool IsUnsigned;

    /// <summary>
    /// Four panels to fetch into the cache meanwhile, <see cref="BytesAhead"/> of each for every four depths, or null. Spread over the
    /// arithmetic: memory answers only so many requests at a time, and more at once would hold everything up.
    /// </summary>
    public byte** Ahead;
}
