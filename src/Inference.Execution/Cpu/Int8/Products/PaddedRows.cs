using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>Activations of a width that the weights' groups divide: the rows themselves, or a copy with zeros at the end of each.</summary>
internal readonly unsafe struct PaddedRows : IDisposable
{
    private readonly byte* _copy;

    /// <param name="rows">[count, inputs].</param>
    /// <param name="count">How many.</param>
    /// <param name="inputs">Their width.</param>
    /// <param name="width">The width that is wanted, at least <paramref name="inputs"/>.</param>
    public PaddedRows(byte* rows, int count, int inputs, int width)
    {
        Start = rows;
        if (width == inputs)
        {
            return;
        }

        Start = _copy = (byte*)NativeMemory.AllocZeroed((nuint)count, (nuint)width);
        for (var row = 0; row < count; row++)
        {
            new ReadOnlySpan<byte>(rows + (long)row * inputs, inputs).CopyTo(new Span<byte>(_copy + (long)row * width, inputs));
        }
    }

    /// <summary>The first row.</summary>
    public byte* Start { get; }

    public void Dispose() => NativeMemory.Free(_copy);
}
