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
        using var padded = new PaddedRows(activations, rows, Weights.Inputs, Weights.Width);
        var nanoseconds = PackedMatrix.PanelWidth * (double)Weights.Width * rows / ProductsPerNanosecond;
        RowLoop.Run(context, Weights.PanelCount, (int)Math.Min(int.MaxValue, nanoseconds), new Panels(Weights, padded.Start, rows, sums));
    }

    /// <summary>Computes the panel of its index, for all rows.</summary>
    internal readonly struct Panels(PackedMatrix weights, byte* activations, int rows, int* sums) : IParallelBody
    {
        // Few enough for their sums to stay in the first-level cache.
        private const int MostRows = 32;

        private readonly sbyte* _panels = weights.Panel(0);
        private readonly long _panelBytes = weights.PanelBytes;
        private readonly int _groups = weights.Groups;
        private readonly int _width = weights.Width;
        private readonly int _outputs = weights.Outputs;

        [SkipLocalsInit]
        public void Invoke(int index)
        {
            var first = index * PackedMatrix.PanelWidth;
            var columns = Math.Min(PackedMatrix.PanelWidth, _outputs - first);
            var header = (int*)(_panels + index * _panelBytes);
            var panel = (byte*)header + PackedMatrix.HeaderBytes;
            var few = stackalloc int[MostRows * PackedMatrix.PanelWidth];
            var starts = stackalloc int[MostRows];
            new Span<int>(starts, MostRows).Clear();
            var product = new QuadPanels
            {
                Left = &panel,
                Right = &panel,
                RightOffset = PackedMatrix.PanelWidth / 2 * QuadPanels.Depths,
                Count = 1,
                Quads = _groups,
                Stride = PackedMatrix.PanelWidth * QuadPanels.Depths,
            };
            for (var row = 0; row < rows; row += MostRows)
            {
                var count = Math.Min(MostRows, rows - row);
                QuadProduct<T>.Compute(activations + (long)row * _width, _width, product, starts, few, PackedMatrix.PanelWidth, count);
                for (var i = 0; i < count; i++)
                {
                    Add(few + i * PackedMatrix.PanelWidth, header, sums + (long)(row + i) * _outputs + first, columns);
                }
            }
        }

        private static void Add(int* sums, int* header, int* destination, int columns)
        {
            for (var column = 0; column < columns; column++)
            {
                destination[column] = sums[column] + header[column];
            }
        }
    }
}
