using System.Numerics;

namespace Inference.Tokenization.Bpe;

/// <summary>Which pairs of tokens merge, at which rank (the lowest first) and into which token: an open-addressing hash table, read-only once built.</summary>
internal sealed class MergeTable
{
    private const ulong Free = ulong.MaxValue;

    private readonly ulong[] _keys;
    private readonly (int Rank, int Merged)[] _values;
    private readonly int _shift;

    /// <param name="capacity">How many pairs will be set at most.</param>
    public MergeTable(int capacity)
    {
        int bits = Math.Max(BitOperations.Log2((uint)Math.Max(capacity, 1)) + 2, 4);
        _keys = new ulong[1 << bits];
        Array.Fill(_keys, Free);
        _values = new (int, int)[1 << bits];
        _shift = 64 - bits;
    }

    /// <summary>Sets a pair's merge; a later one takes an earlier one's place.</summary>
    public void Set(int left, int right, int rank, int merged)
    {
        int slot = Find(Key(left, right));
        _keys[slot] = Key(left, right);
        _values[slot] = (rank, merged);
    }

    /// <summary>False when the pair does not merge; the rank is then int.MaxValue.</summary>
    public bool TryGet(int left, int right, out int rank, out int merged)
    {
        int slot = Find(Key(left, right));
        bool found = _keys[slot] != Free;
        (rank, merged) = found ? _values[slot] : (int.MaxValue, -1);
        return found;
    }

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    private int Find(ulong key)
    {
        int slot = (int)(key * 0x9E3779B97F4A7C15 >> _shift);
        while (_keys[slot] != key && _keys[slot] != Free)
            slot = (slot + 1) & (_keys.Length - 1);
        return slot;
    }
}
