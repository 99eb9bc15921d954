using System.Collections.Immutable;

namespace Inference.Grammar.Vocabulary;

/// <summary>
/// What constraints need to know of a tokenizer: the bytes of each token. Made once for a model; immutable and thread-safe.
/// </summary>
public sealed class TokenVocabulary
{
    private const int MaxTokenLength = ushort.MaxValue;

    private readonly byte[][] _tokens;
    private readonly uint[][] _plain;

    /// <param name="tokens">The bytes that each id stands for, which need not be whole characters: [size]. Null or empty for ids that stand
    /// for none, such as control tokens: no answer ever holds them.</param>
    /// <param name="endTokenIds">The tokens that end an answer; those beyond the vocabulary are ignored.</param>
    /// <param name="size">Logits per row; at least as many as tokens, which the rest have no bytes.</param>
    public TokenVocabulary(IReadOnlyList<byte[]?> tokens, IEnumerable<int> endTokenIds, int size)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, tokens.Count);
        EndTokenIds = [.. endTokenIds.Where(id => (uint)id < (uint)size).Distinct().Order()];
        _tokens = new byte[size][];
        for (var id = 0; id < size; id++)
            _tokens[id] = id < tokens.Count && tokens[id] is { Length: <= MaxTokenLength } bytes && !EndTokenIds.Contains(id) ? bytes : [];

        Trie = new TokenTrie(_tokens);
        foreach (var node in Trie.Nodes)
            Alphabet[node.Value] |= node.Depth > 0;
        _plain = [.. Enumerable.Range(0, PlainText.OtherLevel).Select(PlainUpTo)];
    }

    /// <summary>
    /// How the tokenizer spells a text. With it, text that must come next is spelled so, not as the model would have it; null: only where one
    /// token is left there is nothing to choose. Thread-safe.
    /// </summary>
    public Func<string, int[]>? Encode { get; init; }

    /// <summary>How many ids there are.</summary>
    public int Size => _tokens.Length;

    /// <summary>The tokens that end an answer.</summary>
    public ImmutableArray<int> EndTokenIds { get; }

    /// <summary>The words of 32 bits that hold a bit for each token.</summary>
    public int MaskLength => (Size + 31) / 32;

    internal TokenTrie Trie { get; }

    /// <summary>For each byte whether any token has it.</summary>
    internal bool[] Alphabet { get; } = new bool[256];

    /// <summary>The bytes of a token; empty if it has none.</summary>
    internal ReadOnlySpan<byte> Bytes(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : [];

    /// <summary>A bit for each token of a <see cref="PlainText"/> level, and those below.</summary>
    internal ReadOnlySpan<uint> Plain(byte level) => _plain[level];

    private uint[] PlainUpTo(int level)
    {
        var bits = new uint[MaskLength];
        for (var id = 0; id < _tokens.Length; id++)
        {
            if (_tokens[id].Length > 0 && PlainText.LevelOf(_tokens[id]) <= level)
                bits[id >> 5] |= 1u << id;
        }

        return bits;
    }
}
