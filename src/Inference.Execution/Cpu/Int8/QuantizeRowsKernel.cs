using System.Runtime.CompilerServices;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>A node that rotates rows of floats, if it is to, and quantises them.</summary>
internal sealed unsafe class QuantizeRowsKernel<T>(int hadamard) : OperatorKernel
    where T : unmanaged, ILanes<T>
{
    // A row is held on the stack.
    private const int WidestRow = 131072;

    protected override void Compute(KernelContext context)
    {
        var input = context.Input(0);
        var (rows, width) = (input[0], input[1]);
        Arguments.Require(width is > 0 and <= WidestRow, "the rows are empty or beyond 131072");
        Arguments.Require(
            hadamard == 1 || (width % hadamard == 0 && width % ILanes<T>.Count == 0),
            "the rows to rotate are not a multiple of the Hadamard size and of 16");
        var body = new Rows(
            input.Data<float>(), width, hadamard, context.Output(0, rows, width).Data<byte>(), context.Output(1, rows).Data<float>());
        RowLoop.Run(context, rows, 50 + width / 4, body);
    }

    /// <summary>One row.</summary>
    /// <param name="row">[width]; is not changed.</param>
    /// <param name="width">Any number up to 131072.</param>
    /// <param name="hadamard">1 for no rotation; else a power of two that divides the width, which must be a multiple of 16.</param>
    /// <param name="destination">[width].</param>
    /// <returns>The scale.</returns>
    [SkipLocalsInit]
    internal static float Quantize(float* row, int width, int hadamard, byte* destination)
    {
        // Vectors may read and write up to the next multiple of their length.
        var padded = (width + ILanes<T>.Count - 1) / ILanes<T>.Count * ILanes<T>.Count;
        if (padded == width && hadamard == 1)
        {
            return RowQuantizer<T>.ToBytes(row, width, RowQuantizer<T>.Magnitude(row, width), GraphContract.ZeroPoint, destination);
        }

        var floats = stackalloc float[padded];
        new Span<float>(row, width).CopyTo(new Span<float>(floats, width));
        new Span<float>(floats + width, padded - width).Clear();
        if (hadamard > 1)
        {
            HadamardTransform<T>.Apply(floats, width, hadamard);
        }

        var bytes = stackalloc byte[padded];
        var scale = RowQuantizer<T>.ToBytes(floats, padded, RowQuantizer<T>.Magnitude(floats, padded), GraphContract.ZeroPoint, bytes);
        new Span<byte>(bytes, width).CopyTo(new Span<byte>(destination, width));

        // The transform leaves its division by sqrt(size) to the scale.
        return scale / MathF.Sqrt(hadamard);
    }

    private struct Rows(float* input, int width, int hadamard, byte* output, float* scales) : IParallelBody
    {
        public readonly void Invoke(int index) =>
            scales[index] = Quantize(input + (long)index * width, width, hadamard, output + (long)index * width);
    }
}
