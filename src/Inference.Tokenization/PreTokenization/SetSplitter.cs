using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.PreTokenization;

/// <summary>Splits at each code point of a set.</summary>
internal sealed class SetSplitter(CodePointSet delimiters, SplitBehavior behavior) : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> parts)
    {
        var cutter = new PieceCutter(piece, behavior, parts);
        ReadOnlySpan<char> text = piece.Span;
        int done = 0;
        for (int i = 0; i < text.Length;)
        {
            bool pair = char.IsHighSurrogate(text[i]);
            int end = pair ? i + 2 : i + 1;
            if (delimiters.Contains(pair ? char.ConvertToUtf32(text[i], text[i + 1]) : text[i]))
            {
                if (i > done)
                    cutter.Add(done, i, delimiter: false);
                cutter.Add(i, end, delimiter: true);
                done = end;
            }
            i = end;
        }
        if (done < text.Length)
            cutter.Add(done, text.Length, delimiter: false);
        cutter.Finish();
    }
}
