using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>A node that computes accumulator * row scale * column scale + bias.</summary>
internal sealed unsafe class DequantizeRowsKernel<T> : OperatorKernel
    where T : unmanaged, ILanes<T>
{
    private const int BiasInput = 3;

    protected override void Compute(KernelContext context)
    {
        var accumulators = context.Input(0);
        var rowScales = context.Input(1);
        var columnScales = context.Input(2);
        var (rows, width) = (accumulators[0], accumulators[1]);
        Arguments.Require(rowScales[0] == rows, "the row scales are not one for each row");
        Arguments.Require(columnScales[0] == width, "the column scales are not one for each column");
        var body = new Rows(
            accumulators.Data<int>(), rowScales.Data<float>(), columnScales.Data<float>(), ReadBias(context, width), width,
            context.Output(0, rows, width).Data<float>());
        RowLoop.Run(context, rows, 50 + width / 4, body);
    }

    /// <summary>One row. The result of a column does not depend on where in a vector it lies.</summary>
    /// <param name="accumulators">[width].</param>
    /// <param name="rowScale">Of the product's left side.</param>
    /// <param name="columnScales">[width].</param>
    /// <param name="bias">[width], or null for none.</param>
    /// <param name="row">[width].</param>
    /// <param name="width">Any number.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Dequantize(int* accumulators, float rowScale, float* columnScales, float* bias, float* row, int width)
    {
        var whole = width / ILanes<T>.Count * ILanes<T>.Count;
        var factor = T.Create(rowScale);
        for (var i = 0; i < whole; i += ILanes<T>.Count)
        {
            var x = T.LoadAsFloat(accumulators + i) * factor;
            T.Store(row + i, bias == null ? x * T.Load(columnScales + i) : T.MultiplyAdd(x, T.Load(columnScales + i), T.Load(bias + i)));
        }

        for (var i = whole; i < width; i++)
        {
            var x = accumulators[i] * rowScale;
            row[i] = bias == null ? x * columnScales[i] : MathF.FusedMultiplyAdd(x, columnScales[i], bias[i]);
        }
    }

    private static float* ReadBias(KernelContext context, int width)
    {
        if (context.InputCount <= BiasInput)
        {
            return null;
        }

        var bias = context.Input(BiasInput);
        Arguments.Require(bias[0] == width, "the biases are not one for each column");
        return bias.Data<float>();
    }

    private struct Rows(int* accumulators, float* rowScales, float* columnScales, float* bias, int width, float* output) : IParallelBody
    {
        public readonly void Invoke(int index) => Dequantize(
            accumulators + (long)index * width, rowScales[index], columnScales, bias, output + (long)index * width, width);
    }
}
