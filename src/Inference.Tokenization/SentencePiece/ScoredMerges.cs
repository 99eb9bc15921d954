using Inference.Tokenization.Bpe;

namespace Inference.Tokenization.SentencePiece;

/// <summary>
/// The merges of a byte-pair model that has scores in their place: two pieces merge when what they spell together is a piece, the one with
/// the highest score first and of equal scores the first of the vocabulary. All ways to make a piece have one rank, so that the leftmost
/// goes first.
/// </summary>
internal static class ScoredMerges
{
    /// <summary>Longer pieces come from no training; every place to cut a piece is tried.</summary>
    public const int LongestPiece = 1024;

    /// <param name="pieces">The pieces, none longer than <see cref="LongestPiece"/>.</param>
    /// <param name="vocabulary">The same as a vocabulary.</param>
    /// <param name="joints">Gets where the merges join.</param>
    public static MergeTable Build(IReadOnlyList<ScoredPiece> pieces, Vocabulary vocabulary, MergeJoints joints)
    {
        int[] byScore = [.. Enumerable.Range(0, pieces.Count)
            .Where(id => CanMerge(pieces[id].Type) && vocabulary.Find(pieces[id].Text) == id)
            .OrderByDescending(id => pieces[id].Score)];
        List<(int Left, int Right, int Rank, int Merged)> merges = [];
        for (int rank = 0; rank < byScore.Length; rank++)
        {
            ReadOnlySpan<char> text = pieces[byScore[rank]].Text;
            for (int cut = 1; cut < text.Length; cut++)
            {
                int left = vocabulary.Find(text[..cut]);
                int right = left < 0 ? -1 : vocabulary.Find(text[cut..]);
                if (right < 0 || !CanMerge(pieces[left].Type) || !CanMerge(pieces[right].Type))
                    continue;
                merges.Add((left, right, rank, byScore[rank]));
                joints.Add(text[..cut], text[cut..]);
            }
        }
        var table = new MergeTable(merges.Count);
        foreach ((int left, int right, int rank, int merged) in merges)
            table.Set(left, right, rank, merged);
        return table;
    }

    private static bool CanMerge(PieceType type) => type is PieceType.Normal or PieceType.UserDefined or PieceType.Unused;
}
