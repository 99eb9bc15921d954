using System.Globalization;
using System.Text;

namespace Inference.Tokenization.Normalization;

/// <summary>Removes combining marks.</summary>
internal sealed class StripAccentsNormalizer : CodePointNormalizer
{
    protected override void Append(Rune rune, StringBuilder result)
    {
        if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark))
            AppendRune(rune, result);
    }
}
