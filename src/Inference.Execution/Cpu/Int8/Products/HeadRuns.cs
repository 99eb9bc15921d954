using System.Runtime.InteropServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>Multiplies all rows with the head, in runs of neighbouring panels, and finds the largest product of each run.</summary>
internal readonly unsafe struct HeadRuns<T> : IParallelBody, IDisposable
    where T : unmanaged, ILanes<T>
{
    private const int PanelWidth = PackedMatrix.PanelWidth;

    // What one thread takes at once: some 20 us with a single row of a small model.
    private const int PanelsPerRun = 16;

    private readonly VnniPanels _panels;
    private readonly float* _scales;
    private readonly byte* _activations;
    private readonly int _rows;
    private readonly int* _sums;
    private readonly Candidate* _found;

    /// <param name="weights">Of the head.</param>
    /// <param name="activations">[rows, groups * group size].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="sums">[rows, vocabulary], or null if nobody wants them.</param>
    public HeadRuns(HeadWeights weights, byte* activations, int rows, int* sums)
    {
        _panels = new VnniPanels(weights.Matrix);
        _scales = weights.Scales;
        _activations = activations;
        _rows = rows;
        _sums = sums;
        _found = (Candidate*)NativeMemory.Alloc(checked((nuint)Count * (nuint)rows), (nuint)sizeof(Candidate));
    }

    /// <summary>How many runs there are.</summary>
    public int Count => (_panels.Count + PanelsPerRun - 1) / PanelsPerRun;

    public void Dispose() => NativeMemory.Free(_found);

    public void Invoke(int index)
    {
        // For each row 32 sums, and 32 largest products with their columns.
        var sums = (int*)ThreadScratch.Rent(checked((nuint)_rows * PanelWidth * 3 * sizeof(float)));
        var values = (float*)sums + _rows * PanelWidth;
        var columns = values + _rows * PanelWidth;
        new Span<float>(values, _rows * PanelWidth).Fill(float.NegativeInfinity);
        new Span<float>(columns, _rows * PanelWidth).Clear();
        var end = Math.Min((index + 1) * PanelsPerRun, _panels.Count);
        for (var panel = index * PanelsPerRun; panel < end; panel++)
        {
            _panels.MultiplyAlone(panel, _activations, _rows, sums);
            KeepLargest(panel * PanelWidth, sums, values, columns);
            if (_sums != null)
            {
                Copy(panel * PanelWidth, sums);
            }
        }

        for (var row = 0; row < _rows; row++)
        {
            var (value, token) = ArgMaxRowsKernel<T>.First(values + row * PanelWidth, columns + row * PanelWidth, PanelWidth);
            _found[(long)index * _rows + row] = new Candidate(value, token);
        }
    }

    /// <summary>Takes the largest of all runs, of equals the one of the earliest run.</summary>
    /// <param name="tokens">[rows].</param>
    public void Merge(int* tokens)
    {
        for (var row = 0; row < _rows; row++)
        {
            var best = _found[row];
            for (var run = 1; run < Count; run++)
            {
                var other = _found[(long)run * _rows + row];
                best = other.Value > best.Value ? other : best;
            }

            tokens[row] = best.Token;
        }
    }

    private void KeepLargest(int first, int* sums, float* values, float* columns)
    {
        for (var lane = 0; lane < PanelWidth; lane += ILanes<T>.Count)
        {
            var numbers = LaneMath<T>.IndicesFrom(first + lane);
            for (var i = lane; i < _rows * PanelWidth; i += PanelWidth)
            {
                var (best, column) = (T.Load(values + i), T.Load(columns + i));
                ArgMaxRowsKernel<T>.Keep(sums + i, _scales + first + lane, numbers, ref best, ref column);
                T.Store(values + i, best);
                T.Store(columns + i, column);
            }
        }
    }

    private void Copy(int first, int* sums)
    {
        var count = Math.Min(PanelWidth, _panels.Outputs - first);
        for (var row = 0; row < _rows; row++)
        {
            new ReadOnlySpan<int>(sums + row * PanelWidth, count).CopyTo(new Span<int>(_sums + (long)row * _panels.Outputs + first, count));
        }
    }

    private record struct Candidate(float Value, int Token);
}
