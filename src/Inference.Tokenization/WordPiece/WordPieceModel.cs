namespace Inference.Tokenization.WordPiece;

/// <summary>
/// A WordPiece model: from the left, the longest token of the vocabulary, where all but the first begin with a prefix (Devlin et al., 2018,
/// BERT). A word that is too long, or of which a part has no token, is one unknown token.
/// </summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly Vocabulary _vocabulary;
    private readonly string _prefix;
    private readonly int _maxWordLength;
    private readonly int _unkId;

    /// <param name="vocabulary">All tokens.</param>
    /// <param name="unkId">The id of an unknown word.</param>
    /// <param name="prefix">What a token that continues a word begins with.</param>
    /// <param name="maxWordLength">The most code points of a word.</param>
    public WordPieceModel(Vocabulary vocabulary, int unkId, string prefix, int maxWordLength) =>
        (_vocabulary, _unkId, _prefix, _maxWordLength) = (vocabulary, unkId, prefix, maxWordLength);

    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        int first = ids.Count;
        if (CodePoints(piece) > _maxWordLength)
        {
            ids.Add(_unkId);
            return;
        }
        // The prefix is put before each rest in turn, over characters that have got their tokens by then.
        char[] text = [.. _prefix, .. piece];
        for (int start = _prefix.Length; start < text.Length;)
        {
            int from = start == _prefix.Length ? start : start - _prefix.Length;
            if (from < start)
                _prefix.CopyTo(text.AsSpan(from));
            int end = LongestToken(text, from, start, out int id);
            if (id < 0)
            {
                ids.RemoveRange(first, ids.Count - first);
                ids.Add(_unkId);
                return;
            }
            ids.Add(id);
            start = end;
        }
    }

    /// <summary>Where the longest token ends that begins at <paramref name="from"/> and goes beyond <paramref name="start"/>; id -1 when there is none.</summary>
    private int LongestToken(char[] text, int from, int start, out int id)
    {
        for (int end = text.Length; end > start; end -= char.IsLowSurrogate(text[end - 1]) ? 2 : 1)
        {
            id = _vocabulary.Find(text.AsSpan(from, end - from));
            if (id >= 0)
                return end;
        }
        id = -1;
        return start;
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (char c in text)
            count += char.IsLowSurrogate(c) ? 0 : 1;
        return count;
    }
}
