using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>One call of a generated quad product, see <see cref="QuadProduct{T}"/>. Generated code reads it, so its layout is fixed.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct QuadProductArguments
{
    /// <summary>The first row of A.</summary>
    public byte* A;

    /// <summary>Bytes from a row of A to the next.</summary>
    public nint AStride;

    /// <summary>[count]: where the left 16 columns of each panel are, <see cref="LeftOffset"/> bytes before them.</summary>
    public byte** Left;

    /// <summary>[count]: the same of the right 16 columns.</summary>
    public byte** Right;

    public nint LeftOffset;
    public nint RightOffset;

    /// <summary>Panels, at least 1.</summary>
    public nint Count;

    /// <summary>Times four depths in a panel, at least 1.</summary>
    public nint Quads;

    /// <summary>Bytes from four depths to the next.</summary>
    public nint Stride;

    /// <summary>[4]: see <see cref="QuadPanels.Ahead"/>; read only by functions that fetch.</summary>
    public byte** Ahead;

    /// <summary>[rows]: what a row's sums begin with.</summary>
    public int* Starts;

    /// <summary>The first row of 32 sums.</summary>
    public int* C;

    /// <summary>Bytes from a row of sums to the next.</summary>
    public nint CStride;
}
