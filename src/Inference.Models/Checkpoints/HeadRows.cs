namespace Inference.Models.Checkpoints;

/// <summary>The rows of query, key and value heads within projections that hold several of them, or that pair other rows.</summary>
internal static class HeadRows
{
    /// <summary>Queries of all heads, then keys, then values.</summary>
    public static (RowSelection Query, RowSelection Key, RowSelection Value) SideBySide(AttentionSpec attention)
    {
        var (queries, keys) = Widths(attention);
        var total = queries + (2 * keys);
        return (RowSelection.Slice(0, queries, total), RowSelection.Slice(queries, keys, total), RowSelection.Slice(queries + keys, keys, total));
    }

    /// <summary>For each key head the queries that share it, then its key, then its value.</summary>
    public static (RowSelection Query, RowSelection Key, RowSelection Value) Grouped(AttentionSpec attention)
    {
        var (queries, keys) = Widths(attention);
        var group = attention.HeadCount / attention.KvHeadCount;
        var total = queries + (2 * keys);
        return (
            new(queries, total, ByHead(head => (head / group * (group + 2)) + (head % group))),
            new(keys, total, ByHead(head => (head * (group + 2)) + group)),
            new(keys, total, ByHead(head => (head * (group + 2)) + group + 1)));

        Func<long, long> ByHead(Func<long, long> stored) =>
            row => (stored(row / attention.HeadSize) * attention.HeadSize) + (row % attention.HeadSize);
    }

    /// <summary>
    /// The order that <see cref="RotarySpec"/> means, pairs in halves of the whole head, from heads of which only the first elements turn,
    /// or whose pairs are neighbours.
    /// </summary>
    /// <param name="heads">Heads.</param>
    /// <param name="headSize">Elements of a head.</param>
    /// <param name="turning">Elements of a head that turn.</param>
    /// <param name="isInterleaved">Whether pairs are neighbours, (2i, 2i + 1), and not (i, i + turning / 2).</param>
    public static RowSelection Paired(int heads, int headSize, int turning, bool isInterleaved)
    {
        var (half, pairs) = (headSize / 2, turning / 2);
        var rows = (long)heads * headSize;
        return new(rows, rows, row =>
        {
            var (head, element) = Math.DivRem(row, headSize);
            var (second, pair) = Math.DivRem(element, half);
            var stored = pair >= pairs ? turning + (second * (half - pairs)) + pair - pairs
                : isInterleaved ? (2 * pair) + second
                : (second * pairs) + pair;
            return (head * headSize) + stored;
        });
    }

    private static (long Queries, long Keys) Widths(AttentionSpec attention) =>
        ((long)attention.HeadCount * attention.HeadSize, (long)attention.KvHeadCount * attention.HeadSize);
}
