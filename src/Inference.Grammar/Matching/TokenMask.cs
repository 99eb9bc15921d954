using System.Numerics;

namespace Inference.Grammar.Matching;

/// <summary>Which tokens can follow: as their ids where they are few, otherwise as a bit for each token. Immutable.</summary>
internal sealed class TokenMask
{
    private readonly uint[]? _bits;
    private readonly int[]? _ids;

    /// <param name="bits">A bit for each token of the vocabulary; copied.</param>
    public TokenMask(ReadOnlySpan<uint> bits)
    {
        foreach (var word in bits)
            Count += BitOperations.PopCount(word);
        if (Count > 1 && Count >= bits.Length)
        {
            _bits = bits.ToArray();
            return;
        }

        _ids = new int[Count];
        var next = 0;
        for (var i = 0; i < bits.Length; i++)
        {
            for (var word = bits[i]; word != 0; word &= word - 1)
                _ids[next++] = 32 * i + BitOperations.TrailingZeroCount(word);
        }
    }

    /// <summary>How many tokens there are.</summary>
    public int Count { get; }

    /// <summary>The memory that it takes, in bytes.</summary>
    public int Size => sizeof(int) * (_bits ?? (Array)_ids!).Length;

    /// <summary>The one token, if there is just one.</summary>
    public int? Single => Count == 1 && _ids is [var id] ? id : null;

    /// <summary>Sets exactly the bits of the tokens; what is beyond the vocabulary becomes 0.</summary>
    public void CopyTo(Span<uint> bits)
    {
        if (_bits is not null)
        {
            _bits.CopyTo(bits);
            bits[_bits.Length..].Clear();
            return;
        }

        bits.Clear();
        foreach (var id in _ids!)
            bits[id >> 5] |= 1u << id;
    }
}
