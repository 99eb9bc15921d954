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
        (int)((double)PackedMatrix.PanelWidth * _groups * PackedMatrix.GroupSize * (rows / ProductsPerNanosecond + 1 / BytesPerNanosecond));

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
    public void Multiply(int index, byte* activations, int rows, int* sums)
    {
        var first = index * PackedMatrix.PanelWidth;
        if (first + PackedMatrix.PanelWidth <= Outputs)
        {
            Multiply(index, activations, rows, sums + first, Outputs);
        }
        else
        {
            MultiplyPart(index, activations, rows, sums + first);
        }
    }

    /// <summary>Computes one panel by itself.</summary>
    /// <param name="index">The panel.</param>
    /// <param name="activations">[rows, groups * group size].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="sums">[rows, 32]; columns behind the last output are 0.</param>
    public void MultiplyAlone(int index, byte* activations, int rows, int* sums) =>
        Multiply(index, activations, rows, sums, PackedMatrix.PanelWidth);

    private void Multiply(int index, byte* activations, int rows, int* sums, int stride)
    {
        var width = (nint)_groups * PackedMatrix.GroupSize;
        var arguments = new PanelProductArguments
        {
            AStride = width,
            Panel = _panels + index * _panelBytes,
            Groups = _groups,
            CStride = sizeof(int) * stride,
        };
        var blocks = (rows + MostRows - 1) / MostRows;
        for (int block = 0, row = 0; block < blocks; block++)
        {
            var end = rows * (block + 1) / blocks;
            arguments.A = activations + row * width;
            arguments.C = sums + (long)row * stride;
            arguments.Ahead = rows < FewestRowsThatFetch ? null : Ahead(arguments.Panel, block);
            VnniPanelCode.Run(ref arguments, end - row);
            row = end;
        }
    }

    // The first block of rows fetches the next panel, and the second half a panel more. What lies behind the last panel is asked for in
    // vain, at no harm.
    private sbyte* Ahead(sbyte* panel, int block) => block < 2 ? panel + _panelBytes + block * _panelBytes / 2 : null;

    // The last panel may have columns that the sums have no room for.
    [SkipLocalsInit]
    private void MultiplyPart(int index, byte* activations, int rows, int* sums)
    {
        var few = stackalloc int[MostRows * PackedMatrix.PanelWidth];
        var columns = Outputs - index * PackedMatrix.PanelWidth;
        for (var first = 0; first < rows; first += MostRows)
        {
            var end = Math.Min(rows, first + MostRows);
            MultiplyAlone(index, activations + (long)first * _groups * PackedMatrix.GroupSize, end - first, few);
            for (var row = first; row < end; row++)
            {
                new ReadOnlySpan<int>(few + (row - first) * PackedMatrix.PanelWidth, columns).CopyTo(new Span<int>(sums + (long)row * Outputs, columns));
            }
        }
    }
}
