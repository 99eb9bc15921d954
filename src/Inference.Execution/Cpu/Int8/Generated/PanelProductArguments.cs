using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>
/// One call of a panel product: some rows of activations times one <see cref="Products.PackedMatrix"/> panel. Generated code reads it, so its
/// layout is fixed.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PanelProductArguments
{
    /// <summary>The first row of activations.</summary>
    public byte* A;

    /// <summary>Bytes from a row of activations to the next.</summary>
    public nint AStride;

    /// <summary>The panel: its 32 first sums, then its weights.</summary>
    public sbyte* Panel;

    /// <summary>Groups of four inputs, at least 1.</summary>
    public nint Groups;

    /// <summary>The first row of 32 sums.</summary>
    public int* C;

    /// <summary>Bytes from a row of sums to the next.</summary>
    public nint CStride;

    /// <summary>Memory that will be needed soon: as many bytes of it are fetched as the panel's weights have.</summary>
    public sbyte* Ahead;
}
