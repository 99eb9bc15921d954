using System.Text;

namespace Inference.Tokenization.Normalization;

/// <summary>A normalizer that looks at one code point at a time.</summary>
internal abstract class CodePointNormalizer : Normalizer
{
    public sealed override string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            Append(rune, result);
        return result.ToString();
    }

    /// <summary>Appends what takes the code point's place, or nothing.</summary>
    protected abstract void Append(Rune rune, StringBuilder result);

    /// <summary>Appends a code point without an allocation.</summary>
    protected static void AppendRune(Rune rune, StringBuilder result)
    {
        Span<char> units = stackalloc char[2];
        result.Append(units[..rune.EncodeToUtf16(units)]);
    }
}
