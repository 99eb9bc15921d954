using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>One call of a generated pair product, see <see cref="PairProduct{T}"/>. Generated code reads it, so its layout is fixed.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PairProductArguments
{
    /// <summary>The first row of A.</summary>
    public short* A;

    /// <summary>Bytes from a row of A to the next.</summary>
    public nint AStride;

    /// <summary>[count]: where the left 16 columns of each panel are, <see cref="LeftOffset"/> bytes before them.</summary>
    public sbyte** Left;

    /// <summary>[count]: the same of the right 16 columns.</summary>
    public sbyte** Right;

    public nint LeftOffset;
    public nint RightOffset;

    /// <summary>Panels, at least 1.</summary>
    public nint Count;

    /// <summary>Pairs of depths in a panel, at least 1.</summary>
    public nint Pairs;

    /// <summary>Bytes from a pair of depths to the next.</summary>
    public nint Stride;

    /// <summary>[4]: see <see cref="PairPanels.Ahead"/>; read only by functions that fetch.</summary>
    public sbyte** Ahead;

    /// <summary>The first row of 32 sums.</summary>
    public int* C;

    /// <summary>Bytes from a row of sums to the next.</summary>
    public nint CStride;
}
