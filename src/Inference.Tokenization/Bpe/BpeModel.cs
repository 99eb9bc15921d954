using System.Buffers;

namespace Inference.Tokenization.Bpe;

/// <summary>A byte-pair encoding model: vocabulary, merges and what to do with characters it lacks. Immutable and thread-safe.</summary>
internal sealed class BpeModel : TokenModel
{
    private const int DirectSymbols = 0x180;

    private readonly Vocabulary _vocabulary;
    private readonly MergeTable _merges;
    private readonly MergeJoints? _joints;
    private readonly BpeOptions _options;
    private readonly int[] _direct = new int[DirectSymbols];
    private readonly ByteTokens? _bytes;
    private readonly int _unkId;

    /// <param name="vocabulary">All tokens.</param>
    /// <param name="merges">The merges between their ids.</param>
    /// <param name="options">The settings; an unk_token must be in the vocabulary.</param>
    /// <param name="joints">Where the merges join; null when pieces are not to be cut.</param>
    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options, MergeJoints? joints = null)
    {
        bool plain = options is { ContinuingSubwordPrefix: null, EndOfWordSuffix: null };
        // A whole piece can be a token of its own, or its ends can look different from its middle: then it must stay whole.
        _joints = plain && !options.IgnoreMerges ? joints : null;
        (_vocabulary, _merges, _options) = (vocabulary, merges, options);
        _unkId = options.UnkToken is null ? -1 : vocabulary.Find(options.UnkToken);
        for (int c = 0; c < DirectSymbols; c++)
            _direct[c] = vocabulary.Find([(char)c]);
        _bytes = options.ByteFallback ? new ByteTokens(vocabulary) : null;
    }

    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_options.IgnoreMerges && _vocabulary.Find(piece) is var whole and >= 0)
        {
            ids.Add(whole);
            return;
        }
        int most = MostSymbols(piece.Length);
        int[]? rented = most <= 256 ? null : ArrayPool<int>.Shared.Rent(most);
        Span<int> symbols = rented ?? stackalloc int[256];
        int count = Symbols(piece, symbols);
        ids.AddRange((ReadOnlySpan<int>)symbols[..BpeMerger.Merge(symbols[..count], _merges)]);
        if (rented is not null)
            ArrayPool<int>.Shared.Return(rented);
    }

    public override int IndependentLength(ReadOnlySpan<char> piece)
    {
        if (_joints is null)
            return piece.Length;
        for (int i = 1; i < piece.Length; i++)
        {
            if (!_joints.Contains(piece[i - 1], piece[i]) && IsKnown(piece, i - 1) && IsKnown(piece, i))
                return i;
        }
        return piece.Length;
    }

    // Unknown characters next to each other can become one token, and halves of a surrogate pair belong together.
    private bool IsKnown(ReadOnlySpan<char> piece, int at) =>
        (piece[at] < DirectSymbols ? _direct[piece[at]] : char.IsSurrogate(piece[at]) ? -1 : _vocabulary.Find(piece.Slice(at, 1))) >= 0;

    // A code point can fall back to its UTF-8 bytes and those of the affixes, which is at most three bytes per UTF-16 unit.
    private int MostSymbols(int length)
    {
        int affixes = (_options.ContinuingSubwordPrefix?.Length ?? 0) + (_options.EndOfWordSuffix?.Length ?? 0);
        return checked(length * 3 * (1 + affixes));
    }

    /// <summary>The piece's initial symbols, one per code point, before any merge.</summary>
    private int Symbols(ReadOnlySpan<char> piece, Span<int> symbols)
    {
        int count = 0;
        bool unknownOpen = false;
        for (int i = 0, length; i < piece.Length; i += length)
        {
            length = char.IsHighSurrogate(piece[i]) ? 2 : 1;
            int id = SymbolAt(piece, i, length);
            if (id >= 0)
            {
                symbols[count++] = id;
                unknownOpen = false;
            }
            else if (_bytes?.Write(Affixed(piece, i, length), symbols[count..]) is { } added and > 0)
            {
                count = AddFallback(symbols, count, added, unknownOpen);
            }
            else if (_unkId >= 0)
            {
                if (!unknownOpen || !_options.FuseUnk)
                    symbols[count++] = _unkId;
                unknownOpen = true;
            }
        }
        return count;
    }

    /// <summary>
    /// The reference holds an unknown token back until the next known one: bytes that come meanwhile stand before it. Kept, because ids
    /// must be equal.
    /// </summary>
    private int AddFallback(Span<int> symbols, int count, int added, bool unknownOpen)
    {
        if (unknownOpen)
        {
            symbols.Slice(count, added).CopyTo(symbols[(count - 1)..]);
            symbols[count + added - 1] = _unkId;
        }
        return count + added;
    }

    private int SymbolAt(ReadOnlySpan<char> piece, int at, int length)
    {
        bool plain = _options.ContinuingSubwordPrefix is null && _options.EndOfWordSuffix is null;
        if (plain && piece[at] < DirectSymbols)
            return _direct[piece[at]];
        return plain ? _vocabulary.Find(piece.Slice(at, length)) : _vocabulary.Find(Affixed(piece, at, length));
    }

    /// <summary>The code point with the prefix unless it is the first, and the suffix if it is the last.</summary>
    private ReadOnlySpan<char> Affixed(ReadOnlySpan<char> piece, int at, int length)
    {
        string? prefix = at > 0 ? _options.ContinuingSubwordPrefix : null;
        string? suffix = at + length == piece.Length ? _options.EndOfWordSuffix : null;
        ReadOnlySpan<char> codePoint = piece.Slice(at, length);
        return prefix is null && suffix is null ? codePoint : string.Concat(prefix, codePoint, suffix);
    }
}
