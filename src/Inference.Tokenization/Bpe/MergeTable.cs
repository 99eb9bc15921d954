using System.Numerics;

namespace Inference.Tokenization.Bpe;

/// <summary>
/// Which pairs of tokens merge, at which rank (the lowest first) and into which token: an open-addressing hash table, read-only once
/// built.
/// </summary>
internal sealed class MergeTable
{
    private const ulong Free = ulong.MaxValue;

    // Key, rank and result lie side by side: a lookup touches one cache line.
    private readonly (ulong Key, int Rank, int Merged)[] _slots;
    private readonly int _shift;

    /// <param name="capacity">How many pairs will be set at most.</param>
    public MergeTable(int capacity)
    {
        int bits = Math.Max(BitOperations.Log2((uint)Math.Max(capacity, 1)) + 2, 4);
        _slots = new (ulong, int, int)[1 << bits];
        Array.Fill(_slots, (Free, int.MaxValue, -1));
        _shift = 64 - bits;
    }

    /// <summary>Sets a pair's merge; a later one takes an earlier one's place.</summary>
    public void Set(int left, int right, int rank, int merged) =>
        _slots[Find(Key(left, right))] = (Key(left, right), rank, merged);

    /// <summary>The rank at which the pair merges and what into; (int.MaxValue, -1) when it does not.</summary>
    public (int Rank, int Merged) Get(int left, int right)
    {
        ref readonly (ulong Key, int Rank, int Merged) slot = ref _slots[Find(Key(left, right))];
        return (slot.Rank, slot.Merged);
    }

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    private int Find(ulong key)
    {
        int slot = (int)(key * 0x9E3779B97F4A7C15 >> _shift);
        while (_slots[slot].Key != key && _slots[slot].Key != Free)
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }
}
