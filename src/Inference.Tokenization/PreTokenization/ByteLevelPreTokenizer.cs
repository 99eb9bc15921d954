using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.PreTokenization;

/// <summary>
/// GPT-2's pre-tokenizer: splits by its pattern, then spells each piece in the <see cref="ByteAlphabet"/>. When it comes last its
/// spelling is left to the <see cref="PieceEncoder"/> (<see cref="Splitting"/>), which then needs it only for pieces not seen before.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex, bool spell = true) : PreTokenizer
{
    private static readonly PatternSplitter Splitter = new(
        Pattern.Parse(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"),
        SplitBehavior.Isolated, invert: false);

    /// <summary>The same without the spelling.</summary>
    public ByteLevelPreTokenizer Splitting => new(addPrefixSpace, useRegex, spell: false);

    public override void Split(Piece piece, List<Piece> parts)
    {
        if (addPrefixSpace && piece.Span[0] != ' ')
            piece = piece.With(" " + piece);
        int first = parts.Count;
        if (useRegex)
            Splitter.Split(piece, parts);
        else
            parts.Add(piece);
        for (int i = first; spell && i < parts.Count; i++)
            parts[i] = parts[i].With(ByteAlphabet.Spell(parts[i].ToString()));
    }
}
