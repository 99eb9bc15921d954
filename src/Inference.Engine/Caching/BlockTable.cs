namespace Inference.Engine.Caching;

/// <summary>
/// The cache blocks of one sequence, in order of position: first the committed ones, then those that a step has reserved.
/// </summary>
internal sealed class BlockTable
{
    private int[] _blocks = new int[4];

    /// <summary>All blocks, the reserved ones included.</summary>
    public int Count { get; private set; }

    public int CommittedCount { get; private set; }

    /// <summary>Whether it began as a fork, or forks began from it: others may hold the block that it writes next.</summary>
    public bool IsForked { get; internal set; }

    /// <summary>
    /// All blocks. The memory is this table's own: valid until the table shrinks, that is until the step that reads it was applied.
    /// </summary>
    public ReadOnlyMemory<int> Blocks => _blocks.AsMemory(0, Count);

    internal void Append(int block)
    {
        if (Count == _blocks.Length)
            Array.Resize(ref _blocks, 2 * Count);
        _blocks[Count++] = block;
    }

    internal int RemoveLast()
    {
        var block = _blocks[--Count];
        CommittedCount = Math.Min(CommittedCount, Count);
        IsForked &= Count > 0;
        return block;
    }

    /// <summary>Puts another block in the place of one, and answers the one that was there.</summary>
    internal int Replace(int index, int block)
    {
        var replaced = _blocks[index];
        _blocks[index] = block;
        return replaced;
    }

    internal void Commit() => CommittedCount = Count;
}
