using System.Runtime.InteropServices;
using Inference.Engine.Execution;
using Inference.Execution.Packing;

namespace Inference.Execution.Cpu.Lora;

/// <summary>
/// Which rows of the step that runs have which adapter, in tiles. Prepared between steps by the executor, and read by the session's
/// <see cref="LoraKernel"/>s, one node after the other.
/// </summary>
internal sealed unsafe class LoraStep
{
    /// <summary>Enough rows to make reading an adapter's weights worth it, few enough for several threads to have some.</summary>
    private const int TileRows = 32;

    private readonly List<LoraAdapter> _adapters = [];
    private readonly List<LoraTile> _tiles = [];
    private readonly List<LoraRun> _runs = [];
    private readonly PinnedBuffer<LoraTile> _tileBuffer = new();
    private readonly PinnedBuffer<LoraRun> _runBuffer = new();
    private readonly PinnedBuffer<float> _scratch = new();

    /// <summary>How many tiles; 0 in a step without adapters.</summary>
    public int TileCount => _tiles.Count;

    /// <summary>Rows with an adapter.</summary>
    public int RowCount { get; private set; }

    /// <summary>The last row with an adapter, and one.</summary>
    public int RowEnd { get; private set; }

    /// <summary>The tiles, in memory that stays where it is during the step.</summary>
    public LoraTile* Tiles { get; private set; }

    /// <summary>The tiles' runs, likewise.</summary>
    public LoraRun* Runs { get; private set; }

    /// <summary>Takes over which sequences have which adapter.</summary>
    /// <exception cref="ExecutionException">An adapter is none of this executor's.</exception>
    public void Prepare(StepPlan plan)
    {
        _adapters.Clear();
        _tiles.Clear();
        _runs.Clear();
        RowCount = RowEnd = 0;
        var sequences = plan.Sequences.Span;
        foreach (ref readonly var sequence in sequences)
        {
            if (sequence.Adapter is { } used && !_adapters.Contains(used))
            {
                _adapters.Add(used as LoraAdapter ?? throw new ExecutionException($"Step {plan.StepIndex} has an adapter of another kind of executor."));
            }
        }

        foreach (var adapter in _adapters)
        {
            Cut(adapter, sequences);
        }

        Tiles = Pin(_tiles, _tileBuffer);
        Runs = Pin(_runs, _runBuffer);
    }

    /// <summary>Room for so many floats, until the next call.</summary>
    public float* Scratch(int length) => (float*)Start(_scratch.Resize(length));

    private void Cut(LoraAdapter adapter, ReadOnlySpan<SequenceStep> sequences)
    {
        var room = 0;
        foreach (ref readonly var sequence in sequences)
        {
            if (sequence.Adapter != adapter)
            {
                continue;
            }

            var (row, end) = (sequence.PackedOffset, sequence.PackedOffset + sequence.TokenCount);
            RowEnd = Math.Max(RowEnd, end);
            while (row < end)
            {
                if (room == 0)
                {
                    _tiles.Add(new LoraTile { Sites = adapter.Sites, FirstRun = _runs.Count, FirstRow = RowCount });
                    room = TileRows;
                }

                var count = Math.Min(room, end - row);
                Add(row, count);
                (row, room, RowCount) = (row + count, room - count, RowCount + count);
            }
        }
    }

    /// <summary>Adds rows to the latest tile, in its latest run if they follow it.</summary>
    private void Add(int row, int count)
    {
        ref var tile = ref CollectionsMarshal.AsSpan(_tiles)[^1];
        if (tile.RunCount > 0 && _runs[^1] is var last && last.FirstRow + last.Count == row)
        {
            _runs[^1] = last with { Count = last.Count + count };
            return;
        }

        _runs.Add(new LoraRun(row, count));
        tile.RunCount++;
    }

    private static T* Pin<T>(List<T> items, PinnedBuffer<T> buffer)
        where T : unmanaged
    {
        var memory = buffer.Resize(items.Count);
        CollectionsMarshal.AsSpan(items).CopyTo(memory.Span);
        return (T*)Start(memory);
    }

    /// <summary>The buffers' arrays are pinned for good.</summary>
    private static void* Start<T>(Memory<T> pinned)
        where T : unmanaged
    {
        fixed (T* start = pinned.Span)
        {
            return start;
        }
    }
}
