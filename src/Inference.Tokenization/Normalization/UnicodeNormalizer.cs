using System.Text;
using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.Normalization;

/// <summary>One of the Unicode normalization forms, by UAX #15, section 1.3: decompose, order the combining marks, compose.</summary>
internal sealed class UnicodeNormalizer(UnicodeForm form) : Normalizer
{
    private readonly UnicodeDecompositions _data = UnicodeDecompositions.Shared;
    private readonly CodePointSet _unstable = UnicodeDecompositions.Shared.UnstableSets[(int)form];
    private readonly bool _compatible = form is UnicodeForm.Nfkc or UnicodeForm.Nfkd;
    private readonly bool _composes = form is UnicodeForm.Nfc or UnicodeForm.Nfkc;

    public override string Normalize(string text)
    {
        if (IsStable(text))
            return text;
        List<int> codePoints = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            _data.Decompose(rune.Value, _compatible, codePoints);
        Order(codePoints);
        if (_composes)
            Compose(codePoints);
        var result = new StringBuilder(codePoints.Count);
        Span<char> units = stackalloc char[2];
        foreach (int codePoint in codePoints)
            result.Append(units[..new Rune(codePoint).EncodeToUtf16(units)]);
        return result.ToString();
    }

    /// <summary>True when no code point of the text can change or take part in a composition.</summary>
    private bool IsStable(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
                continue;
            int codePoint = c;
            if (char.IsHighSurrogate(c))
                codePoint = char.ConvertToUtf32(c, text[++i]);
            if (_unstable.Contains(codePoint))
                return false;
        }
        return true;
    }

    /// <summary>Sorts each run of combining marks by class, keeping the order of equals.</summary>
    private void Order(List<int> codePoints)
    {
        for (int start = 0; start < codePoints.Count; start++)
        {
            int end = start;
            bool sorted = true;
            for (byte last = 0; end < codePoints.Count && _data.CombiningClass(codePoints[end]) is var rank and > 0; end++)
            {
                sorted &= last <= rank;
                last = rank;
            }
            if (!sorted)
            {
                int[] run = [.. codePoints.GetRange(start, end - start).OrderBy(codePoint => _data.CombiningClass(codePoint))];
                for (int i = 0; i < run.Length; i++)
                    codePoints[start + i] = run[i];
            }
            start = Math.Max(start, end - 1);
        }
    }

    /// <summary>
    /// Composes each code point with the last starter unless something between them blocks it (D115 to D117 of the standard).
    /// </summary>
    private void Compose(List<int> codePoints)
    {
        int starter = -1;
        int kept = 0;
        int lastClass = -1;
        for (int i = 0; i < codePoints.Count; i++)
        {
            int codePoint = codePoints[i];
            int rank = _data.CombiningClass(codePoint);
            bool blocked = starter >= 0 && lastClass >= rank && kept - 1 != starter;
            if (starter >= 0 && !blocked && _data.Compose(codePoints[starter], codePoint) is var composed and >= 0)
            {
                codePoints[starter] = composed;
                continue;
            }
            if (rank == 0)
                starter = kept;
            lastClass = rank;
            codePoints[kept++] = codePoint;
        }
        codePoints.RemoveRange(kept, codePoints.Count - kept);
    }
}
