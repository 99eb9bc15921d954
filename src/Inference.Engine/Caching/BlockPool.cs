using Inference.Engine.Execution;

namespace Inference.Engine.Caching;

/// <summary>
/// The KV cache's blocks by number: how many tables hold each, and in which order the free ones are used again. All of it takes constant
/// time per block. A free block whose contents are known keeps them until it is handed out: such blocks wait in the order in which they were
/// freed, behind all those that hold nothing. Of the latter the most recently freed one goes first, for its memory is the likeliest to be in a
/// processor cache. Owned by the engine loop.
/// </summary>
internal sealed class BlockPool
{
    private readonly BlockContents? _contents;
    private readonly int[] _references;

    /// <summary>The free blocks as a ring of links. The last entry is its end: before the first block and after the last one.</summary>
    private readonly int[] _next;
    private readonly int[] _previous;

    /// <param name="blockCount">Blocks, at least 1.</param>
    /// <param name="blockSize">Tokens per block, at least 1.</param>
    /// <param name="contents">What the blocks hold; null: nothing is remembered of a free block.</param>
    public BlockPool(int blockCount, int blockSize, BlockContents? contents = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        BlockSize = blockSize;
        Count = FreeCount = blockCount;
        _contents = contents;
        _references = new int[blockCount];
        _next = new int[blockCount + 1];
        _previous = new int[blockCount + 1];
        for (var i = 0; i <= blockCount; i++)
        {
            _next[i] = i == blockCount ? 0 : i + 1;
            _previous[i] = i == 0 ? blockCount : i - 1;
        }
    }

    /// <summary>Tokens per block.</summary>
    public int BlockSize { get; }

    public int Count { get; }

    public int FreeCount { get; private set; }

    public int UsedCount => Count - FreeCount;

    /// <summary>The free blocks, the next to be handed out first.</summary>
    public IEnumerable<int> Free
    {
        get
        {
            for (var block = _next[Count]; block != Count; block = _next[block])
                yield return block;
        }
    }

    /// <summary>Tables that hold a block; 0 for a free one.</summary>
    public int ReferencesTo(int block) => _references[block];

    /// <summary>Blocks that hold <paramref name="tokenCount"/> tokens.</summary>
    public int BlocksFor(int tokenCount) => (int)(((uint)tokenCount + (uint)BlockSize - 1) / (uint)BlockSize);

    /// <summary>
    /// Grows a table so that it holds <paramref name="tokenCount"/> tokens and those after the first <paramref name="keptCount"/> can be
    /// written, or leaves everything as it was and returns false when too few blocks are free. A block that holds some of the kept tokens
    /// and would be written, while others hold it too or it is known by what it holds, is replaced by a copy: copy on write. The growth is
    /// the reservation's until it is committed.
    /// </summary>
    public bool TryReserve(BlockTable table, int keptCount, int tokenCount, out CacheReservation reservation)
    {
        // Only there can a table hold a block that it writes and others hold: a fork takes no block beyond its tokens. And only with forks:
        // what the prefix cache knows, and shares, are blocks whose end the table has passed.
        var first = keptCount / BlockSize;
        var isCopied = table.IsForked && first < table.Count && tokenCount > keptCount && IsShared(table.Blocks.Span[first]);
        var missing = Math.Max(0, BlocksFor(tokenCount) - table.Count);
        if (missing + (isCopied ? 1 : 0) > FreeCount)
        {
            reservation = new CacheReservation(this, table);
            return false;
        }

        BlockCopy? copy = null;
        if (isCopied)
        {
            copy = new BlockCopy(table.Blocks.Span[first], Allocate());
            Return(table.Replace(first, copy.Value.Destination));
        }

        for (; missing > 0; missing--)
            table.Append(Allocate());
        reservation = new CacheReservation(this, table, copy);
        return true;
    }

    /// <summary>
    /// Lets an empty table begin with the blocks of another's first tokens. They count as committed, and the last of them may be filled
    /// only in part: whoever of the two writes to it first gets a copy.
    /// </summary>
    public void Fork(BlockTable table, BlockTable source, int tokenCount)
    {
        for (var i = 0; i < BlocksFor(tokenCount); i++)
            Share(table, source.Blocks.Span[i]);
        table.Commit();
        table.IsForked = source.IsForked = true;
    }

    /// <summary>Lets a table hold a block with its contents, whether it is free or others hold it too.</summary>
    public void Share(BlockTable table, int block)
    {
        if (_references[block] == 0)
            Unlink(block);
        _references[block]++;
        table.Append(block);
    }

    /// <summary>Puts a block that is in use, and holds the same, in the place of one of a table's own.</summary>
    public void Replace(BlockTable table, int index, int block)
    {
        if (_references[block]++ == 0)
            Unlink(block);
        Return(table.Replace(index, block));
    }

    /// <summary>Takes back every block of a table, reserved or committed.</summary>
    public void Release(BlockTable table) => Truncate(table, 0);

    /// <summary>
    /// Takes back the blocks after the first <paramref name="count"/>, the last one first: so that of a chain of contents the end is always
    /// used again before what it builds on.
    /// </summary>
    internal void Truncate(BlockTable table, int count)
    {
        while (table.Count > count)
            Return(table.RemoveLast());
    }

    private bool IsShared(int block) => _references[block] > 1 || (_contents is not null && _contents.IsKnown(block));

    private int Allocate()
    {
        var block = _next[Count];
        Unlink(block);
        _contents?.Forget(block);
        _references[block] = 1;
        return block;
    }

    private void Return(int block)
    {
        if (_references[block] == 0)
            throw new InvalidOperationException($"Cache block {block} was freed twice.");

        if (--_references[block] > 0)
            return;

        if (_contents is not null && _contents.IsKnown(block))
            Link(block, before: Count);
        else
            Link(block, before: _next[Count]);
    }

    private void Link(int block, int before)
    {
        var after = _previous[before];
        (_previous[block], _next[block]) = (after, before);
        _next[after] = _previous[before] = block;
        FreeCount++;
    }

    private void Unlink(int block)
    {
        _next[_previous[block]] = _next[block];
        _previous[_next[block]] = _previous[block];
        FreeCount--;
    }
}
