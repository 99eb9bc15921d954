using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Models.Graphs;
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
        var halves = (short*)NativeMemory.AllocZeroed(checked((nuint)rows * (nuint)width), sizeof(short));
        try
        {
            Widen(activations, rows, width, halves);
            var nanoseconds = PackedMatrix.PanelWidth * (double)width * rows / ProductsPerNanosecond;
            RowLoop.Run(context, Weights.PanelCount, (int)Math.Min(int.MaxValue, nanoseconds), new Panels(Weights, halves, rows, sums));
        }
        finally
        {
            NativeMemory.Free(halves);
        }
    }

    private void Widen(byte* activations, int rows, int width, short* halves)
    {
        for (var row = 0; row < rows; row++)
        {
            var source = activations + (long)row * Weights.Inputs;
            var destination = halves + (long)row * width;
            for (var i = 0; i < Weights.Inputs; i++)
            {
                destination[i] = (short)(source[i] - GraphContract.ZeroPoint);
            }
        }
    }

    private readonly struct Panels(PackedMatrix weights, short* activations, int rows, int* sums) : IParallelBody
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
            var width = 2 * _groups;
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
                Stride = 2 * PackedMatrix.PanelWidth,
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
