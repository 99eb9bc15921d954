using System.Runtime.InteropServices;
using Inference.Models.Graphs;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>Activations as signed integers of 16 bits, with zeros up to a width that the weights' groups divide.</summary>
internal readonly unsafe struct WidenedRows : IDisposable
{
    /// <param name="rows">[count, inputs], with 128 for 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="inputs">Their width.</param>
    /// <param name="width">The width that is wanted, at least <paramref name="inputs"/>.</param>
    public WidenedRows(byte* rows, int count, int inputs, int width)
    {
        Start = (short*)NativeMemory.AllocZeroed(checked((nuint)count * (nuint)width), sizeof(short));
        for (var row = 0; row < count; row++)
        {
            var source = rows + (long)row * inputs;
            var destination = Start + (long)row * width;
            for (var i = 0; i < inputs; i++)
            {
                destination[i] = (short)(source[i] - GraphContract.ZeroPoint);
            }
        }
    }

    /// <summary>The first row.</summary>
    public short* Start { get; }

    public void Dispose() => NativeMemory.Free(Start);
}
