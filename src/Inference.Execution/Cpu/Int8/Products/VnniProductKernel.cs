using Inference.Execution.Cpu.Int8.Generated;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>
/// A product with AVX-512 VNNI. All rows go over one panel before the next, so that weights come from memory once; while the first
/// blocks of rows compute, they fetch the panels to come.
/// </summary>
internal sealed unsafe class VnniProductKernel(PackedMatrix weights) : ProductKernel(weights)
{
    protected override void Multiply(KernelContext context, byte* activations, int rows, int* sums)
    {
        using var padded = new PaddedRows(activations, rows, Weights.Inputs, Weights.Width);
        var panels = new Panels(Weights, padded.Start, rows, sums);
        RowLoop.Run(context, panels.Count, panels.Nanoseconds, panels);
    }

    /// <summary>Computes one panel for a chunk of rows; chunk after chunk, so that a chunk's rows stay in the caches.</summary>
    internal readonly struct Panels(PackedMatrix weights, byte* activations, int rows, int* sums) : IParallelBody
    {
        private const int MostRowsInChunk = 10 * VnniPanelEmitter.MostRows;

        private readonly VnniPanels _panels = new(weights);
        private readonly int _chunks = (rows + MostRowsInChunk - 1) / MostRowsInChunk;
        private readonly int _width = weights.Width;

        /// <summary>Panels times chunks.</summary>
        public int Count => _panels.Count * _chunks;

        /// <summary>What an iteration costs, roughly.</summary>
        public int Nanoseconds => _panels.Nanoseconds(rows / _chunks);

        public void Invoke(int index)
        {
            var (chunk, panel) = Math.DivRem(index, _panels.Count);
            var first = (long)rows * chunk / _chunks;
            var end = (long)rows * (chunk + 1) / _chunks;
            _panels.Multiply(panel, activations + first * _width, (int)(end - first), sums + first * _panels.Outputs);
        }
    }
}
