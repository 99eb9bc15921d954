namespace Inference.Tokenization.PreTokenization;

/// <summary>Cuts text into pieces of a number of code points.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> parts)
    {
        ReadOnlySpan<char> text = piece.Span;
        int start = 0;
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]))
                i++;
            if (++count < length)
                continue;
            parts.Add(piece.Slice(start, i + 1));
            (start, count) = (i + 1, 0);
        }
        if (start < text.Length)
            parts.Add(piece.Slice(start, text.Length));
    }
}
