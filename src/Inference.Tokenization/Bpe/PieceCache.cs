namespace Inference.Tokenization.Bpe;

/// <summary>
/// Remembers the ids of pieces seen before. Bounded: each slot holds the last piece of its hash, and long pieces are not kept. Safe for
/// any number of threads: an entry is immutable and a slot is replaced in one write.
/// </summary>
internal sealed class PieceCache
{
    private const int Slots = 1 << 15;
    private const int MaxLength = 48;

    private readonly Entry?[] _slots = new Entry?[Slots];

    public bool TryGet(ReadOnlySpan<char> piece, out ReadOnlySpan<int> ids)
    {
        ids = default;
        if (piece.Length > MaxLength || Volatile.Read(ref Slot(piece)) is not { } entry || !piece.SequenceEqual(entry.Piece))
            return false;
        ids = entry.Ids;
        return true;
    }

    public void Add(ReadOnlySpan<char> piece, ReadOnlySpan<int> ids)
    {
        if (piece.Length <= MaxLength)
            Volatile.Write(ref Slot(piece), new Entry(piece.ToString(), ids.ToArray()));
    }

    // The hash is keyed at random per process, so that no text can be made to collide.
    private ref Entry? Slot(ReadOnlySpan<char> piece) => ref _slots[string.GetHashCode(piece) & (Slots - 1)];

    private sealed record Entry(string Piece, int[] Ids);
}
