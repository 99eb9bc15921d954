namespace Inference.Engine.Caching;

/// <summary>
/// The KV cache's blocks by number: which are free. Allocating and freeing take constant time. The most recently freed block is
/// handed out first, for its memory is the likeliest to be in a processor cache. Owned by the engine loop.
/// </summary>
internal sealed class BlockPool
{
    private readonly int[] _free;
    private readonly bool[] _isFree;
    private int _freeCount;

    public BlockPool(int blockCount, int blockSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        BlockSize = blockSize;
        _freeCount = blockCount;
        _isFree = new bool[blockCount];
        _free = new int[blockCount];
        Array.Fill(_isFree, true);
        for (var i = 0; i < blockCount; i++)
            _free[i] = blockCount - 1 - i;
    }

    /// <summary>Tokens per block.</summary>
    public int BlockSize { get; }

    public int Count => _free.Length;

    public int FreeCount => _freeCount;

    public int UsedCount => Count - _freeCount;

    /// <summary>The free blocks, the next to be handed out last.</summary>
    public ReadOnlySpan<int> Free => _free.AsSpan(0, _freeCount);

    /// <summary>Blocks that hold <paramref name="tokenCount"/> tokens.</summary>
    public int BlocksFor(int tokenCount) => (int)(((long)tokenCount + BlockSize - 1) / BlockSize);

    /// <summary>
    /// Grows a table so that it holds <paramref name="tokenCount"/> tokens, or leaves everything as it was and returns false when too few
    /// blocks are free. The growth is the reservation's until it is committed.
    /// </summary>
    public bool TryReserve(BlockTable table, int tokenCount, out CacheReservation reservation)
    {
        reservation = new CacheReservation(this, table);
        var missing = BlocksFor(tokenCount) - table.Count;
        if (missing > _freeCount)
            return false;

        for (; missing > 0; missing--)
            table.Append(Allocate());
        return true;
    }

    /// <summary>Takes back every block of a table, reserved or committed.</summary>
    public void Release(BlockTable table) => Truncate(table, 0);

    /// <summary>Takes back the blocks after the first <paramref name="count"/>, the last one first.</summary>
    internal void Truncate(BlockTable table, int count)
    {
        while (table.Count > count)
            Return(table.RemoveLast());
    }

    private int Allocate()
    {
        var block = _free[--_freeCount];
        _isFree[block] = false;
        return block;
    }

    private void Return(int block)
    {
        if (_isFree[block])
            throw new InvalidOperationException($"Cache block {block} was freed twice.");

        _isFree[block] = true;
        _free[_freeCount++] = block;
    }
}
