using System.Buffers;
using System.Runtime.InteropServices;

namespace Inference.Tokenization.Unigram;

/// <summary>
/// A unigram language model (Kudo, 2018, "Subword Regularization"): of all ways to cut a text into pieces the one whose scores add up to
/// the most, found by Viterbi's algorithm; of equals the one whose last piece begins first.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    /// <summary>How much less than the worst piece a character without a piece scores.</summary>
    private const double UnknownPenalty = 10;

    private readonly PieceTrie _trie = new();
    private readonly Vocabulary _vocabulary;
    private readonly IReadOnlyList<double> _scores;
    private readonly ByteTokens? _bytes;
    private readonly int _unkId;
    private readonly double _unkScore;

    /// <param name="vocabulary">All tokens.</param>
    /// <param name="scores">The score of each id, a finite number.</param>
    /// <param name="canMatch">Whether an id's piece may be found in a text.</param>
    /// <param name="options">The settings.</param>
    public UnigramModel(Vocabulary vocabulary, IReadOnlyList<double> scores, Func<int, bool> canMatch, UnigramOptions options)
    {
        (_vocabulary, _scores, _unkId) = (vocabulary, scores, options.UnkId);
        _bytes = options.ByteFallback ? new ByteTokens(vocabulary) : null;
        _unkScore = scores.Count == 0 ? 0 : scores.Min() - UnknownPenalty;
        for (int id = 0; id < vocabulary.IdLimit; id++)
        {
            if (vocabulary.TokenOf(id) is { Length: > 0 } piece && canMatch(id))
                _trie.Add(piece, id);
        }
    }

    public override void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        Node[] nodes = ArrayPool<Node>.Shared.Rent(piece.Length + 1);
        Span<Node> best = nodes.AsSpan(0, piece.Length + 1);
        best.Fill(new Node(double.NegativeInfinity, -1, -1));
        best[0] = new Node(0, -1, -1);
        for (int start = 0, length; start < piece.Length; start += length)
        {
            length = char.IsHighSurrogate(piece[start]) ? 2 : 1;
            if (!AddPieces(piece, start, length, best))
                Offer(ref best[start + length], best[start].Score + _unkScore, start, -1);
        }
        int first = ids.Count;
        AppendBackwards(piece, best, ids);
        CollectionsMarshal.AsSpan(ids)[first..].Reverse();
        ArrayPool<Node>.Shared.Return(nodes);
    }

    /// <summary>Offers each piece that begins at the start to where it ends; whether one of them is just the first code point.</summary>
    private bool AddPieces(ReadOnlySpan<char> text, int start, int codePointLength, Span<Node> best)
    {
        bool hasCodePoint = false;
        int node = PieceTrie.Start;
        for (int i = start; i < text.Length && _trie.TryStep(ref node, text[i], out int id); i++)
        {
            if (id < 0)
                continue;
            Offer(ref best[i + 1], best[start].Score + _scores[id], start, id);
            hasCodePoint |= i + 1 - start == codePointLength;
        }
        return hasCodePoint;
    }

    private static void Offer(ref Node end, double score, int start, int id)
    {
        if (end.Start < 0 || score > end.Score)
            end = new Node(score, start, id);
    }

    private void AppendBackwards(ReadOnlySpan<char> text, ReadOnlySpan<Node> best, List<int> ids)
    {
        for (int end = text.Length, start; end > 0; end = start)
        {
            start = best[end].Start;
            if (best[end].Id is var id && id >= 0 && id != _unkId)
            {
                ids.Add(id);
                continue;
            }
            // Neighbours that have no piece are one unknown text.
            while (start > 0 && (best[start].Id < 0 || best[start].Id == _unkId))
                start = best[start].Start;
            AppendUnknownBackwards(text[start..end], ids);
        }
    }

    private void AppendUnknownBackwards(ReadOnlySpan<char> text, List<int> ids)
    {
        if (_vocabulary.Find(text) is var whole and >= 0)
        {
            ids.Add(whole);
            return;
        }
        int[] bytes = ArrayPool<int>.Shared.Rent(checked(text.Length * 3));
        int count = _bytes?.Write(text, bytes) ?? 0;
        bytes.AsSpan(0, count).Reverse();
        ids.AddRange(bytes.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(bytes);
        if (count == 0 && _unkId >= 0)
            ids.Add(_unkId);
    }

    /// <summary>The best way to a place: its score, where its last piece begins (-1: no way yet) and that piece's id (-1: none).</summary>
    private readonly record struct Node(double Score, int Start, int Id);
}
