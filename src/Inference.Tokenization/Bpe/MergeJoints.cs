namespace Inference.Tokenization.Bpe;

/// <summary>
/// Which characters merges can put side by side: the last of a merge's left token and the first of its right one. Between two known
/// characters that are no such pair no token ever reaches across, so the text can be cut there.
/// </summary>
internal sealed class MergeJoints
{
    // Latin letters and the visible space are looked up in a bit map, all other characters in a set.
    private const int DenseCharacters = 0x181;
    private const int Space = DenseCharacters - 1;
    private const char VisibleSpace = '\u2581';

    private readonly ulong[] _dense = new ulong[(DenseCharacters * DenseCharacters + 63) / 64];
    private readonly HashSet<uint> _sparse = [];

    /// <summary>Records a merge of two tokens, neither empty.</summary>
    public void Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        (char last, char first) = (left[^1], right[0]);
        if (TryDense(last, first, out int bit))
            _dense[bit >> 6] |= 1UL << bit;
        else
            _sparse.Add(Key(last, first));
    }

    /// <summary>Whether a merge joins tokens between which these two UTF-16 units stand.</summary>
    public bool Contains(char last, char first) => TryDense(last, first, out int bit)
        ? (_dense[bit >> 6] >> bit & 1) != 0
        : _sparse.Contains(Key(last, first));

    private static bool TryDense(char last, char first, out int bit)
    {
        (int row, int column) = (DenseIndex(last), DenseIndex(first));
        bit = row * DenseCharacters + column;
        return row < DenseCharacters && column < DenseCharacters;
    }

    private static int DenseIndex(char c) => c == VisibleSpace ? Space : c < Space ? c : DenseCharacters;

    private static uint Key(char last, char first) => (uint)last << 16 | first;
}
