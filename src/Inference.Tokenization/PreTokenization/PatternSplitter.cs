using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.PreTokenization;

/// <summary>Splits where a pattern matches; <paramref name="invert"/>: what lies between the matches counts as the delimiters.</summary>
internal sealed class PatternSplitter(Pattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> parts)
    {
        var cutter = new PieceCutter(piece, behavior, parts);
        ReadOnlySpan<char> text = piece.Span;
        int done = 0;
        var matches = new MatchEnumerator(pattern, text);
        while (matches.TryNext(out int start, out int end))
        {
            if (start > done)
                cutter.Add(done, start, invert);
            cutter.Add(start, end, !invert);
            done = end;
        }
        matches.Dispose();
        if (done < text.Length)
            cutter.Add(done, text.Length, invert);
        cutter.Finish();
    }
}
