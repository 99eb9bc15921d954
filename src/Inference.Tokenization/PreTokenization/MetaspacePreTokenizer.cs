using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.PreTokenization;

/// <summary>sentencepiece's convention: spaces become a visible character, which also begins words.</summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme prepend, bool split) : PreTokenizer
{
    private readonly PatternSplitter _splitter = new(Pattern.Literal(replacement), SplitBehavior.MergedWithNext, invert: false);

    public override void Split(Piece piece, List<Piece> parts)
    {
        string text = piece.ToString().Replace(" ", replacement, StringComparison.Ordinal);
        bool prepends = prepend == PrependScheme.Always || (prepend == PrependScheme.First && piece.AtStart);
        if (prepends && !text.StartsWith(replacement, StringComparison.Ordinal))
            text = replacement + text;
        piece = piece.With(text);
        if (split)
            _splitter.Split(piece, parts);
        else
            parts.Add(piece);
    }
}
