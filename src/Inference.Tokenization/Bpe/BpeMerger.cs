using System.Buffers;

namespace Inference.Tokenization.Bpe;

/// <summary>
/// Byte-pair merging (Sennrich et al., 2016): as long as two neighbours merge, the pair of the lowest rank does, the leftmost of equals.
/// Short words scan for it; long ones keep a heap of pairs, which takes O(n log n).
/// </summary>
internal static class BpeMerger
{
    private const int MaxScanned = 96;

    /// <summary>Merges in place; how many symbols are left.</summary>
    public static int Merge(Span<int> symbols, MergeTable merges) =>
        symbols.Length <= MaxScanned ? MergeByScan(symbols, merges) : MergeByHeap(symbols, merges);

    private static int MergeByScan(Span<int> symbols, MergeTable merges)
    {
        int count = symbols.Length;
        Span<int> ranks = stackalloc int[MaxScanned];
        for (int i = 0; i + 1 < count; i++)
            merges.TryGet(symbols[i], symbols[i + 1], out ranks[i], out _);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                if (ranks[i] < ranks[best])
                    best = i;
            }
            if (!merges.TryGet(symbols[best], symbols[best + 1], out _, out int merged))
                break;
            symbols[best] = merged;
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            ranks[(best + 1)..(count - 1)].CopyTo(ranks[best..]);
            count--;
            if (best > 0)
                merges.TryGet(symbols[best - 1], merged, out ranks[best - 1], out _);
            if (best + 1 < count)
                merges.TryGet(merged, symbols[best + 1], out ranks[best], out _);
        }
        return count;
    }

    private static int MergeByHeap(Span<int> symbols, MergeTable merges)
    {
        int count = symbols.Length;
        int[] next = ArrayPool<int>.Shared.Rent(count + 1);
        int[] previous = ArrayPool<int>.Shared.Rent(count + 1);
        var heap = new PriorityQueue<int, ulong>();
        for (int i = 0; i < count; i++)
            (previous[i], next[i]) = (i - 1, i + 1);
        heap.EnqueueRange(PairsOf(symbols, merges));
        while (heap.TryDequeue(out int left, out ulong priority))
        {
            int right = next[left];
            // The pair is out of date when one of its symbols has merged since; a removed symbol is -1.
            if (symbols[left] < 0 || right >= count || !merges.TryGet(symbols[left], symbols[right], out int rank, out int merged)
                || Priority(rank, left) != priority)
                continue;
            symbols[left] = merged;
            symbols[right] = -1;
            next[left] = next[right];
            previous[next[left]] = left;
            if (previous[left] >= 0 && merges.TryGet(symbols[previous[left]], merged, out rank, out _))
                heap.Enqueue(previous[left], Priority(rank, previous[left]));
            if (next[left] < count && merges.TryGet(merged, symbols[next[left]], out rank, out _))
                heap.Enqueue(left, Priority(rank, left));
        }
        int kept = 0;
        for (int i = 0; i < count; i = next[i])
            symbols[kept++] = symbols[i];
        ArrayPool<int>.Shared.Return(next);
        ArrayPool<int>.Shared.Return(previous);
        return kept;
    }

    private static List<(int, ulong)> PairsOf(Span<int> symbols, MergeTable merges)
    {
        List<(int, ulong)> pairs = new(symbols.Length);
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            if (merges.TryGet(symbols[i], symbols[i + 1], out int rank, out _))
                pairs.Add((i, Priority(rank, i)));
        }
        return pairs;
    }

    private static ulong Priority(int rank, int position) => (ulong)rank << 32 | (uint)position;
}
