using Inference.Execution.Cpu.Int8.Products;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Layers;

/// <summary>
/// A node that takes all that is done to single tokens between one attention and the next: output projection, feed-forward, next projection.
/// With many rows, each thread takes some through all of it, and what one stage leaves for the next stays in its core's cache. With few,
/// all threads share each product, so that weights come from memory once.
/// </summary>
internal sealed unsafe class LayerKernel<T>(LayerWeights weights, int threads, float epsilon, int hadamard) : OperatorKernel, IDisposable
    where T : unmanaged, ILanes<T>
{
    // Rows that a thread takes through all stages at once: enough to be worth reading the weights, few enough that what a stage leaves
    // for the next, some 12 KB a row, stays in a cache of 1 MB beside the weights that pass through. Measured: 12 to 20 are as good.
    private const int RowsPerTile = 16;

    public void Dispose() => weights.Dispose();

    protected override void Compute(KernelContext context)
    {
        var (step, rows) = Prepare(context);
        if (rows >= threads * RowsPerTile)
        {
            var tiles = threads * ((rows + threads * RowsPerTile - 1) / (threads * RowsPerTile));
            context.ParallelFor(tiles, new Tiles(step, rows, tiles));
        }
        else if (rows > 0)
        {
            var scratch = ThreadScratch.Rent(LayerRows<T>.ScratchBytes(step, rows));
            StagedLoop.Run(context, threads, new LayerRows<T>(step, 0, rows, scratch));
        }
    }

    private (LayerStep Step, int Rows) Prepare(KernelContext context)
    {
        var residual = context.Input(0);
        var y = context.Input(1);
        var yScales = context.Input(2);
        var tokens = residual[0];
        Arguments.Require(residual[1] == weights.Hidden, "the residual does not have the hidden size");
        Arguments.Require(y[0] == tokens && y[1] == weights.Output.Inputs, "the attended rows do not fit the output projection");
        Arguments.Require(yScales[0] == tokens, "the row scales are not one for each row");
        var step = new LayerStep
        {
            Output = new VnniPanels(weights.Output),
            GateUp = new VnniPanels(weights.GateUp),
            Down = new VnniPanels(weights.Down),
            OutputScales = ColumnScales(context, 4, weights.Output),
            GateUpScales = ColumnScales(context, 6, weights.GateUp),
            DownScales = ColumnScales(context, 8, weights.Down),
            Attended = weights.Output.Inputs,
            Hidden = weights.Hidden,
            Intermediate = weights.Intermediate,
            Hadamard = hadamard,
            Epsilon = epsilon,
            Residual = residual.Data<float>(),
            Y = y.Data<byte>(),
            YScales = yScales.Data<float>(),
        };
        if (weights.Next is { } next)
        {
            step.Next = new VnniPanels(next);
            step.Sum = context.Output(0, tokens, weights.Hidden).Data<float>();
            step.NextSums = context.Output(1, tokens, next.Outputs).Data<int>();
            step.XScales = context.Output(2, tokens).Data<float>();
            return (step, tokens);
        }

        var indices = context.Input(9);
        var rows = indices[0];
        step.Indices = indices.Data<long>();
        foreach (var index in new ReadOnlySpan<long>(step.Indices, rows))
        {
            Arguments.Require((ulong)index < (ulong)tokens, "a row to gather is outside the step");
        }

        step.X = context.Output(0, rows, weights.Hidden).Data<byte>();
        step.XScales = context.Output(1, rows).Data<float>();
        return (step, rows);
    }

    private static float* ColumnScales(KernelContext context, int index, PackedMatrix matrix)
    {
        var scales = context.Input(index);
        Arguments.Require(scales[0] == matrix.Outputs, "the column scales are not one for each column");
        return scales.Data<float>();
    }

    /// <summary>All rows in tiles, one after the other in whatever thread takes it.</summary>
    private struct Tiles(LayerStep step, int rows, int count) : IParallelBody
    {
        public readonly void Invoke(int index)
        {
            var first = (int)((long)rows * index / count);
            var tileRows = (int)((long)rows * (index + 1) / count) - first;
            var scratch = ThreadScratch.Rent(LayerRows<T>.ScratchBytes(step, tileRows));
            StagedLoop.RunAlone(new LayerRows<T>(step, first, tileRows, scratch));
        }
    }
}
