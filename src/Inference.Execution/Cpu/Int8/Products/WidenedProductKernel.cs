using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>
/// A product for processors whose products of bytes saturate: activations and weights are widened to 16 bits, so that all sums are exact.
/// </summary>
internal sealed unsafe class WidenedProductKernel<T>(PackedMatrix weights) : ProductKernel(weights)
    where T : unmanaged, ILanes<T>
{
    // Roughly.
    private const double ProductsPerNanosecond = 50;

    protected override void Multiply(KernelContext context, byte* activations, int rows, int* sums)
    {
        var width = Weights.Groups * Weights.GroupSize;
        using var halves = new WidenedRows(activations, rows, Weights.Inputs, width);
        var nanoseconds = PackedMatrix.PanelWidth * (double)width * rows / ProductsPerNanosecond;
        RowLoop.Run(context, Weights.PanelCount, (int)Math.Min(int.MaxValue, nanoseconds), new Panels(Weights, halves.Start, rows, sums));
    }

    /// <summary>Computes the panel of its index, for all rows.</summary>
    internal readonly struct Panels(PackedMatrix weights, short* activations, int rows, int* sums) : IParallelBody
    {
        // Few enough for their sums to stay in the first-level cache.
        private const int MostRows = 32;

        private readonly sbyte* _panels = weights.Panel(0);
        private readonly long _panelBytes = weights.PanelBytes;
        private readonly int _groups = weights.Groups;
        private readonly int _outputs = weights.Outputs;

        [SkipLocalsInit]
        public void Invoke(int index)
        {
            var width = PackedMatrix.PairGroup * _groups;
            var first = index * PackedMatrix.PanelWidth;
            var columns = Math.Min(PackedMatrix.PanelWidth, _outputs - first);
            var panel = _panels + index * _panelBytes + PackedMatrix.HeaderBytes;
            var few = stackalloc int[MostRows * PackedMatrix.PanelWidth];
            var product = new PairPanels
            {
                Left = &panel,
                Right = &panel,
                RightOffset = PackedMatrix.PanelWidth,
                Count = 1,
                Pairs = _groups,
                Stride = PackedMatrix.PairGroup * PackedMatrix.PanelWidth,
            };
            for (var row = 0; row < rows; row += MostRows)
            {
                var count = Math.Min(MostRows, rows - row);
                PairProduct<T>.Compute(activations + (long)row * width, width, product, few, PackedMatrix.PanelWidth, count);
                for (var i = 0; i < count; i++)
                {
                    new ReadOnlySpan<int>(few + i * PackedMatrix.PanelWidth, columns)
                        .CopyTo(new Span<int>(sums + (long)(row + i) * _outputs + first, columns));
                }
            }
        }
    }
}
