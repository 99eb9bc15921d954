using System.Runtime.CompilerServices;
using Inference.Execution.Cpu.Int8.Generated;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>The panels of packed weights, ready to be multiplied with AVX-512 VNNI.</summary>
internal readonly unsafe struct VnniPanels(PackedMatrix weights)
{
    private const int MostRows = VnniPanelEmitter.MostRows;

    // With fewer rows, arithmetic waits for memory anyway, and the processor fetches better by itself.
    private const int FewestRowsThatFetch = 5;

    // Products of two bytes in a nanosecond, and bytes of weights from memory in one; both roughly.
    private const double ProductsPerNanosecond = 180;
    private const double BytesPerNanosecond = 15;

    private readonly sbyte* _panels = weights.Panel(0);
    private readonly long _panelBytes = weights.PanelBytes;
    private readonly int _groups = weights.Groups;

    /// <summary>How many there are.</summary>
    public int Count { get; } = weights.PanelCount;

    /// <summary>Columns of the product.</summary>
    public int Outputs { get; } = weights.Outputs;

    /// <summary>What a panel costs, roughly.</summary>
    /// <param name="rows">Rows that it is multiplied with.</param>
    public int Nanoseconds(int rows) =>
        (int)((double)PackedMatrix.PanelWidth * _groups * VnniProductKernel.GroupSize * (rows / ProductsPerNanosecond + 1 / BytesPerNanosecond));

    /// <summary>Computes the columns of neighbouring panels.</summary>
    /// <param name="first">The first panel.</param>
    /// <param name="end">The one behind the last; <see cref="Count"/> if there are fewer.</param>
    /// <param name="activations">[rows, groups * group size].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="sums">[rows, outputs].</param>
    public void Multiply(int first, int end, byte* activations, int rows, int* sums)
    {
        for (var panel = first; panel < Math.Min(end, Count); panel++)
        {
            Multiply(panel, activations, rows, sums);
        }
    }

    /// <summary>Computes the columns of one panel.</summary>
    /// <param name="index">The panel.</param>
    /// <param name="activations">[rows, groups * group size].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="sums">[rows, outputs].</param>
    [SkipLocalsInit]
    public void Multiply(int index, byte* activations, int rows, int* sums)
    {
        var width = (nint)_groups * VnniProductKernel.GroupSize;
        var first = index * PackedMatrix.PanelWidth;
        var columns = Math.Min(PackedMatrix.PanelWidth, Outputs - first);
        var few = stackalloc int[MostRows * PackedMatrix.PanelWidth];
        var isWhole = columns == PackedMatrix.PanelWidth;
        var arguments = new PanelProductArguments
        {
            AStride = width,
            Panel = _panels + index * _panelBytes,
            Groups = _groups,
            CStride = sizeof(int) * (isWhole ? Outputs : PackedMatrix.PanelWidth),
        };
        var blocks = (rows + MostRows - 1) / MostRows;
        for (int block = 0, row = 0; block < blocks; block++)
        {
            var end = rows * (block + 1) / blocks;
            var destination = sums + (long)row * Outputs + first;
            arguments.A = activations + row * width;
            arguments.C = isWhole ? destination : few;
            arguments.Ahead = rows < FewestRowsThatFetch ? null : Ahead(arguments.Panel, block);
            VnniPanelCode.Run(ref arguments, end - row);
            if (!isWhole)
            {
                Copy(few, end - row, columns, destination);
            }

            row = end;
        }
    }

    // The first block of rows fetches the next panel, and the second half a panel more. What lies behind the last panel is asked for in
    // vain, at no harm.
    private sbyte* Ahead(sbyte* panel, int block) => block < 2 ? panel + _panelBytes + block * _panelBytes / 2 : null;

    private void Copy(int* few, int count, int columns, int* destination)
    {
        for (var row = 0; row < count; row++, few += PackedMatrix.PanelWidth, destination += Outputs)
        {
            new ReadOnlySpan<int>(few, columns).CopyTo(new Span<int>(destination, columns));
        }
    }
}
