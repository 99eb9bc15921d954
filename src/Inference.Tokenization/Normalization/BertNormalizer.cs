using System.Globalization;
using System.Text;

namespace Inference.Tokenization.Normalization;

/// <summary>
/// BERT's clean-up (Devlin et al., 2018): control characters out, spaces around Chinese characters, accents off, lower case.
/// </summary>
internal sealed class BertNormalizer : Normalizer
{
    private readonly Normalizer[] _parts;

    public BertNormalizer(bool cleanText, bool handleChineseChars, bool stripAccents, bool lowercase)
    {
        List<Normalizer> parts = [];
        if (cleanText)
            parts.Add(new CleanText());
        if (handleChineseChars)
            parts.Add(new SpaceChineseChars());
        if (stripAccents)
            parts.AddRange([new UnicodeNormalizer(UnicodeForm.Nfd), new StripNonSpacingMarks()]);
        if (lowercase)
            parts.Add(new LowercaseNormalizer());
        _parts = [.. parts];
    }

    public override string Normalize(string text) => _parts.Aggregate(text, static (current, part) => part.Normalize(current));

    private sealed class CleanText : CodePointNormalizer
    {
        protected override void Append(Rune rune, StringBuilder result)
        {
            // Of the control characters that are white space, only these three count as such.
            if (rune.Value is '\t' or '\n' or '\r')
                result.Append(' ');
            else if (rune.Value is 0 or 0xFFFD || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
                or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
                return;
            else if (Rune.IsWhiteSpace(rune))
                result.Append(' ');
            else
                AppendRune(rune, result);
        }
    }

    private sealed class SpaceChineseChars : CodePointNormalizer
    {
        protected override void Append(Rune rune, StringBuilder result)
        {
            bool chinese = rune.Value is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
                or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
                or (>= 0x2F800 and <= 0x2FA1F);
            if (chinese)
                result.Append(' ');
            AppendRune(rune, result);
            if (chinese)
                result.Append(' ');
        }
    }

    private sealed class StripNonSpacingMarks : CodePointNormalizer
    {
        protected override void Append(Rune rune, StringBuilder result)
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
                AppendRune(rune, result);
        }
    }
}
