using System.Globalization;
using System.Text;

namespace Inference.Tokenization.Normalization;

/// <summary>
/// Applies a <see cref="CharacterMap"/> as Hugging Face's Precompiled does: to a grapheme of less than six bytes as a whole, and where no
/// rule fits, to each of its code points.
/// </summary>
internal sealed class CharacterMapNormalizer(CharacterMap map) : Normalizer
{
    private const int LongestGrapheme = 5;

    public override string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        Span<byte> utf8 = stackalloc byte[LongestGrapheme];
        ReadOnlySpan<char> rest = text;
        while (rest.Length > 0)
        {
            ReadOnlySpan<char> grapheme = rest[..StringInfo.GetNextTextElementLength(rest)];
            rest = rest[grapheme.Length..];
            if (Encoding.UTF8.TryGetBytes(grapheme, utf8, out int count) && map.Find(utf8[..count]) is { } whole)
            {
                result.Append(whole);
                continue;
            }
            foreach (Rune rune in grapheme.EnumerateRunes())
            {
                int length = rune.EncodeToUtf8(utf8);
                if (map.Find(utf8[..length]) is { } replacement)
                    result.Append(replacement);
                else
                    result.Append(rune);
            }
        }
        return result.ToString();
    }
}
