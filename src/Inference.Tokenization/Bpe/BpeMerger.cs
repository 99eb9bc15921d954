using System.Buffers;

namespace Inference.Tokenization.Bpe;

/// <summary>
/// Byte-pair merging (Sennrich et al., 2016): as long as two neighbours merge, the pair of the lowest rank does, the leftmost of equals.
/// Short words scan for it; long ones keep a heap of pairs, which takes O(n log n).
/// </summary>
internal static class BpeMerger
{
    /// <summary>Words of more symbols than this use the heap.</summary>
    public const int MaxScanned = 96;

    private const int NoRank = int.MaxValue;

    /// <summary>Merges in place; how many symbols are left.</summary>
    public static int Merge(Span<int> symbols, MergeTable merges) =>
        symbols.Length <= MaxScanned ? MergeByScan(symbols, merges) : MergeByHeap(symbols, merges);

    private static int MergeByScan(Span<int> symbols, MergeTable merges)
    {
        int count = symbols.Length;
        Span<(int Rank, int Merged)> pairs = stackalloc (int, int)[MaxScanned];
        for (int i = 0; i + 1 < count; i++)
            pairs[i] = merges.Get(symbols[i], symbols[i + 1]);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                if (pairs[i].Rank < pairs[best].Rank)
                    best = i;
            }
            if (pairs[best].Rank == NoRank)
                break;
            symbols[best] = pairs[best].Merged;
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            pairs[(best + 1)..(count - 1)].CopyTo(pairs[best..]);
            count--;
            if (best > 0)
                pairs[best - 1] = merges.Get(symbols[best - 1], symbols[best]);
            if (best + 1 < count)
                pairs[best] = merges.Get(symbols[best], symbols[best + 1]);
        }
        return count;
    }

    /// <summary>
    /// The symbols form a linked list of nodes, each with the pair that it begins. The heap may hold pairs that are out of date: those
    /// whose rank is no longer that of the node's pair.
    /// </summary>
    private static int MergeByHeap(Span<int> symbols, MergeTable merges)
    {
        int count = symbols.Length;
        Node[] nodes = ArrayPool<Node>.Shared.Rent(count);
        List<(int, ulong)> pairs = new(count);
        for (int i = 0; i < count; i++)
        {
            (int rank, int merged) = i + 1 < count ? merges.Get(symbols[i], symbols[i + 1]) : (NoRank, -1);
            nodes[i] = new(i - 1, i + 1, rank, merged);
            if (rank != NoRank)
                pairs.Add((i, Priority(rank, i)));
        }
        var heap = new PriorityQueue<int, ulong>(pairs);
        while (heap.TryDequeue(out int left, out ulong priority))
        {
            ref Node node = ref nodes[left];
            if (Priority(node.Rank, left) != priority)
                continue;
            int right = node.Next;
            symbols[left] = node.Merged;
            node.Next = nodes[right].Next;
            nodes[right].Rank = NoRank;
            if (node.Next < count)
                nodes[node.Next].Previous = left;
            Renew(left, symbols, nodes, merges, heap);
            if (node.Previous >= 0)
                Renew(node.Previous, symbols, nodes, merges, heap);
        }
        int kept = 0;
        for (int i = 0; i < count; i = nodes[i].Next)
            symbols[kept++] = symbols[i];
        ArrayPool<Node>.Shared.Return(nodes);
        return kept;
    }

    /// <summary>Looks up the pair that the node begins now, and queues it.</summary>
    private static void Renew(int at, Span<int> symbols, Node[] nodes, MergeTable merges, PriorityQueue<int, ulong> heap)
    {
        ref Node node = ref nodes[at];
        (node.Rank, node.Merged) = node.Next < symbols.Length ? merges.Get(symbols[at], symbols[node.Next]) : (NoRank, -1);
        if (node.Rank != NoRank)
            heap.Enqueue(at, Priority(node.Rank, at));
    }

    private static ulong Priority(int rank, int position) => (ulong)rank << 32 | (uint)position;

    private record struct Node(int Previous, int Next, int Rank, int Merged);
}
