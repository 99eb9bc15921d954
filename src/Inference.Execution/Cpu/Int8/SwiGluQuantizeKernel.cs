using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>A node that computes silu(gate) * up, rotates it and quantises it.</summary>
internal sealed unsafe class SwiGluQuantizeKernel<T>(int hadamard) : OperatorKernel
    where T : unmanaged, ILanes<T>
{
    // A row is held on the stack.
    public const int WidestRow = 131072;

    protected override void Compute(KernelContext context)
    {
        var accumulators = context.Input(0);
        var rowScales = context.Input(1);
        var columnScales = context.Input(2);
        var (tokens, width) = (accumulators[0], accumulators[1] / 2);
        Arguments.Require(accumulators[1] % 2 == 0 && width % ILanes<T>.Count == 0, "the intermediate size is not a multiple of 16");
        Arguments.Require(
            width % hadamard == 0 && width <= WidestRow, "the intermediate size is not a multiple of the Hadamard size or beyond 131072");
        Arguments.Require(rowScales[0] == tokens, "the row scales are not one for each row");
        Arguments.Require(columnScales[0] == 2 * width, "the column scales are not one for each column");
        var rows = new Rows(
            accumulators.Data<int>(), rowScales.Data<float>(), columnScales.Data<float>(), width, hadamard,
            context.Output(0, tokens, width).Data<byte>(), context.Output(1, tokens).Data<float>());
        RowLoop.Run(context, tokens, 100 + width, rows);
    }

    /// <summary>The gated activation of one row, rotated and quantised.</summary>
    /// <param name="accumulators">[2 * width], gate first.</param>
    /// <param name="rowScale">Of the product's left side.</param>
    /// <param name="columnScales">[2 * width].</param>
    /// <param name="width">A multiple of 16 and of <paramref name="hadamard"/>, at most <see cref="WidestRow"/>.</param>
    /// <param name="hadamard">A power of two.</param>
    /// <param name="z">[width].</param>
    /// <returns>The scale.</returns>
    [SkipLocalsInit]
    internal static float Compute(int* accumulators, float rowScale, float* columnScales, int width, int hadamard, byte* z)
    {
        var row = stackalloc float[width];
        Activate(accumulators, rowScale, columnScales, row, width);
        HadamardTransform<T>.Apply(row, width, hadamard);
        var magnitude = RowQuantizer<T>.Magnitude(row, width);

        // The transform left its division by sqrt(size) to the scale.
        return RowQuantizer<T>.ToBytes(row, width, magnitude, GraphContract.ZeroPoint, z) / MathF.Sqrt(hadamard);
    }

    /// <summary>The gated activation of one row.</summary>
    /// <param name="accumulators">[2 * width], gate first.</param>
    /// <param name="rowScale">Of the product's left side.</param>
    /// <param name="columnScales">[2 * width].</param>
    /// <param name="row">[width].</param>
    /// <param name="width">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Activate(int* accumulators, float rowScale, float* columnScales, float* row, int width)
    {
        const float Log2E = 1.44269504f;
        var factor = T.Create(rowScale);
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            // The next row, as in NormRow.
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(accumulators + 2 * width + i);
                Sse.Prefetch0(accumulators + 3 * width + i);
            }

            var gate = T.LoadAsFloat(accumulators + i) * factor * T.Load(columnScales + i);
            var up = T.LoadAsFloat(accumulators + width + i) * factor * T.Load(columnScales + width + i);

            // Beyond the bounds silu is the gate, or 0, to the last bit that matters.
            var exponent = gate * T.Create(-Log2E);
            exponent = T.Min(T.Create(126), T.Max(T.Create(-126), exponent));
            T.Store(row + i, gate * up / (T.Create(1) + LaneMath<T>.Exp2(exponent)));
        }
    }

    private struct Rows(
        int* accumulators, float* rowScales, float* columnScales, int width, int hadamard, byte* z, float* zScales) : IParallelBody
    {
        public readonly void Invoke(int index) => zScales[index] = SwiGluQuantizeKernel<T>.Compute(
            accumulators + 2L * index * width, rowScales[index], columnScales, width, hadamard, z + (long)index * width);
    }
}
