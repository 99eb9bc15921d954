using Inference.Execution.Cpu.Int8;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Lora;

/// <summary>Adds what the step's adapters add to one product, all of them in one node; see <see cref="LoraWork"/>.</summary>
/// <param name="step">The step that runs.</param>
/// <param name="site">Which product.</param>
internal sealed unsafe class LoraKernel(LoraStep step, int site) : OperatorKernel
{
    /// <summary>Rough times of a float of weights, from a nearby cache, and of a multiplication with it.</summary>
    private const double NanosecondsPerWeight = 0.15;
    private const double NanosecondsPerProduct = 0.04;

    protected override void Compute(KernelContext context)
    {
        var output = context.Input(0);
        var input = context.Input(1);
        Arguments.Require(output.Rank == 2 && input.Rank == 2 && output[0] == input[0], "a product and its input differ in their rows");
        var (tokens, width) = (output[0], output[1]);
        var result = context.Output(0, tokens, width).Data<float>();
        if (result != output.Data<float>())
        {
            new Span<float>(output.Data<float>(), checked(tokens * width)).CopyTo(new Span<float>(result, tokens * width));
        }

        if (step.TileCount > 0)
        {
            Arguments.Require(step.RowEnd <= tokens, "the step has more rows than the product");
            Add(context, new LoraWork
            {
                Tiles = step.Tiles,
                Runs = step.Runs,
                TileCount = step.TileCount,
                Site = site,
                Input = input.Data<float>(),
                InputSize = input[1],
                Output = result,
                OutputSize = width,
            });
        }
    }

    private void Add(KernelContext context, LoraWork work)
    {
        var (ranks, pieces) = Measure(work);
        if (ranks == 0)
        {
            return;
        }

        work.ScratchStride = ranks;
        work.Scratch = step.Scratch(checked(step.RowCount * ranks));
        var rowsPerTile = (step.RowCount + step.TileCount - 1) / step.TileCount;
        var shrinking = new Shrinking(work, (ranks + LoraWork.Columns - 1) / LoraWork.Columns);
        RowLoop.Run(context, shrinking.Count, Nanoseconds(rowsPerTile, work.InputSize), shrinking);
        var expanding = new Expanding(work, pieces);
        RowLoop.Run(context, expanding.Count, Nanoseconds(rowsPerTile, ranks), expanding);
    }

    /// <summary>The most ranks and the most pieces of outputs that an adapter of the step has here.</summary>
    private static (int Ranks, int Pieces) Measure(in LoraWork work)
    {
        var (ranks, most) = (0, 0);
        for (var i = 0; i < work.TileCount; i++)
        {
            ref var site = ref work.Tiles[i].Sites[work.Site];
            Arguments.Require(
                site.PartCount == 0 || (site.InputSize == work.InputSize && site.OutputEnd <= work.OutputSize), "an adapter is another model's");
            var pieces = 0;
            for (var part = 0; part < site.PartCount; part++)
            {
                pieces += (site.Parts[part].OutputCount + LoraWork.Columns - 1) / LoraWork.Columns;
            }

            (ranks, most) = (Math.Max(ranks, site.RankStride), Math.Max(most, pieces));
        }

        return (ranks, most);
    }

    private static int Nanoseconds(int rows, int depth) =>
        (int)Math.Min(int.MaxValue, depth * (long)LoraWork.Columns * (NanosecondsPerWeight + (NanosecondsPerProduct * rows)));

    private struct Shrinking(LoraWork work, int pieces) : IParallelBody
    {
        private readonly LoraWork _work = work;

        public readonly int Count => _work.TileCount * pieces;

        public readonly void Invoke(int index) => _work.Shrink(index / pieces, index % pieces);
    }

    private struct Expanding(LoraWork work, int pieces) : IParallelBody
    {
        private readonly LoraWork _work = work;

        public readonly int Count => _work.TileCount * pieces;

        public readonly void Invoke(int index) => _work.Expand(index / pieces, index % pieces);
    }
}
