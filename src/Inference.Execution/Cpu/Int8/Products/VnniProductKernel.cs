using System.Runtime.CompilerServices;
using Inference.Execution.Cpu.Int8.Generated;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>
/// A product with AVX-512 VNNI. All rows go over one panel before the next, so that weights come from memory once; while the first
/// blocks of rows compute, they fetch the panels to come.
/// </summary>
internal sealed unsafe class VnniProductKernel(PackedMatrix weights) : ProductKernel(weights)
{
    /// <summary>Inputs that one instruction multiplies and adds.</summary>
    public const int GroupSize = 4;

    // Products of two bytes in a nanosecond, and bytes of weights from memory in one; both roughly.
    private const double ProductsPerNanosecond = 180;
    private const double BytesPerNanosecond = 15;

    protected override void Multiply(KernelContext context, byte* activations, int rows, int* sums)
    {
        var width = Weights.Groups * GroupSize;
        using var padded = new PaddedRows(activations, rows, Weights.Inputs, width);
        var panels = new Panels(Weights, padded.Start, rows, sums);
        var nanoseconds = (double)PackedMatrix.PanelWidth * width * (panels.RowsPerChunk / ProductsPerNanosecond + 1 / BytesPerNanosecond);
        RowLoop.Run(context, panels.Count, (int)nanoseconds, panels);
    }

    /// <summary>Computes one panel for a chunk of rows; chunk after chunk, so that a chunk's rows stay in the caches.</summary>
    internal readonly struct Panels(PackedMatrix weights, byte* activations, int rows, int* sums) : IParallelBody
    {
        private const int MostRows = VnniPanelEmitter.MostRows;
        private const int MostRowsInChunk = 10 * MostRows;

        private readonly sbyte* _panels = weights.Panel(0);
        private readonly long _panelBytes = weights.PanelBytes;
        private readonly int _panelCount = weights.PanelCount;
        private readonly int _chunks = (rows + MostRowsInChunk - 1) / MostRowsInChunk;
        private readonly int _groups = weights.Groups;
        private readonly int _outputs = weights.Outputs;

        /// <summary>Panels times chunks.</summary>
        public int Count => _panelCount * _chunks;

        /// <summary>At most.</summary>
        public int RowsPerChunk => (rows + _chunks - 1) / _chunks;

        public void Invoke(int index)
        {
            var (chunk, panel) = Math.DivRem(index, _panelCount);
            Multiply(panel, (int)((long)rows * chunk / _chunks), (int)((long)rows * (chunk + 1) / _chunks));
        }

        [SkipLocalsInit]
        private void Multiply(int index, int firstRow, int endRow)
        {
            var width = (nint)_groups * GroupSize;
            var first = index * PackedMatrix.PanelWidth;
            var columns = Math.Min(PackedMatrix.PanelWidth, _outputs - first);
            var few = stackalloc int[MostRows * PackedMatrix.PanelWidth];
            var isWhole = columns == PackedMatrix.PanelWidth;
            var arguments = new PanelProductArguments
            {
                AStride = width,
                Panel = _panels + index * _panelBytes,
                Groups = _groups,
                CStride = sizeof(int) * (isWhole ? _outputs : PackedMatrix.PanelWidth),
            };
            var blocks = (endRow - firstRow + MostRows - 1) / MostRows;
            for (int block = 0, row = firstRow; block < blocks; block++)
            {
                var end = firstRow + (endRow - firstRow) * (block + 1) / blocks;
                var destination = sums + (long)row * _outputs + first;
                arguments.A = activations + row * width;
                arguments.C = isWhole ? destination : few;

                arguments.Ahead = Ahead(arguments.Panel, block, blocks);
                VnniPanelCode.Run(ref arguments, end - row);
                if (!isWhole)
                {
                    Copy(few, end - row, columns, destination);
                }

                row = end;
            }
        }

        // The first block of rows fetches the next panel, and the second half a panel more. A single block waits for memory and not for
        // arithmetic; the processor's own prefetching serves it better. What lies behind the last panel is asked for in vain, at no harm.
        private sbyte* Ahead(sbyte* panel, int block, int blocks) =>
            blocks > 1 && block < 2 ? panel + _panelBytes + block * _panelBytes / 2 : null;

        private void Copy(int* few, int count, int columns, int* destination)
        {
            for (var row = 0; row < count; row++, few += PackedMatrix.PanelWidth, destination += _outputs)
            {
                new ReadOnlySpan<int>(few, columns).CopyTo(new Span<int>(destination, columns));
            }
        }
    }
}
