using System.Text;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Upper and lower case as Python has them, with the Latin and Armenian letters that become several (ß, ŉ, ligatures).</summary>
internal static class Casing
{
    // Unicode's SpecialCasing for upper case, Latin and Armenian: letter, its upper case, its title case.
    private static readonly Dictionary<char, (string Upper, string Title)> Expanding = new()
    {
        ['ß'] = ("SS", "Ss"),
        ['ŉ'] = ("ʼN", "ʼN"),
        ['ǰ'] = ("J̌", "J̌"),
        ['և'] = ("ԵՒ", "Եւ"),
        ['ẖ'] = ("H̱", "H̱"),
        ['ẗ'] = ("T̈", "T̈"),
        ['ẘ'] = ("W̊", "W̊"),
        ['ẙ'] = ("Y̊", "Y̊"),
        ['ẚ'] = ("Aʾ", "Aʾ"),
        ['ﬀ'] = ("FF", "Ff"),
        ['ﬁ'] = ("FI", "Fi"),
        ['ﬂ'] = ("FL", "Fl"),
        ['ﬃ'] = ("FFI", "Ffi"),
        ['ﬄ'] = ("FFL", "Ffl"),
        ['ﬅ'] = ("ST", "St"),
        ['ﬆ'] = ("ST", "St"),
    };

    public static string Upper(string text) => Ascii(text) ? text.ToUpperInvariant() : Expand(text.ToUpperInvariant(), title: false);

    public static string Lower(string text)
    {
        if (!text.AsSpan().ContainsAny('İ', 'Σ'))
        {
            return text.ToLowerInvariant();
        }

        var lower = new StringBuilder(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            lower.Append(text[i] switch
            {
                'İ' => "i̇",
                'Σ' => IsFinalSigma(text, i) ? "ς" : "σ",
                _ => null,
            });
            if (text[i] is not ('İ' or 'Σ'))
            {
                lower.Append(text[i]);
            }
        }

        return lower.ToString().ToLowerInvariant();
    }

    /// <summary>First letter in title case, the rest in lower case.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var first = char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1;
        return TitleLetter(text[..first]) + Lower(text)[Lower(text[..first]).Length..];
    }

    /// <summary><c>str.title</c>: a capital after everything that is no letter.</summary>
    public static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        var inWord = false;
        var lower = Lower(text);
        foreach (var rune in lower.EnumerateRunes())
        {
            var letter = rune.ToString();
            var isCased = IsCased(rune);
            title.Append(isCased && !inWord ? TitleLetter(letter) : letter);
            inWord = isCased;
        }

        return title.ToString();
    }

    public static string Swap(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => Rune.IsUpper(rune) ? Lower(rune.ToString()) : Upper(rune.ToString())));

    public static bool IsLower(string text) => HasOnly(text, Rune.IsLower, rune => Rune.IsUpper(rune) || IsTitle(rune));

    public static bool IsUpper(string text) => HasOnly(text, Rune.IsUpper, rune => Rune.IsLower(rune) || IsTitle(rune));

    private static bool HasOnly(string text, Func<Rune, bool> wanted, Func<Rune, bool> unwanted)
    {
        var found = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (unwanted(rune))
            {
                return false;
            }

            found |= wanted(rune);
        }

        return found;
    }

    private static string TitleLetter(string letter) => letter[0] switch
    {
        'ǆ' or 'Ǆ' or 'ǅ' => "ǅ",
        'ǉ' or 'Ǉ' or 'ǈ' => "ǈ",
        'ǌ' or 'Ǌ' or 'ǋ' => "ǋ",
        'ǳ' or 'Ǳ' or 'ǲ' => "ǲ",
        _ => Expand(letter.ToUpperInvariant(), title: true),
    };

    private static string Expand(string upper, bool title)
    {
        StringBuilder? expanded = null;
        for (var i = 0; i < upper.Length; i++)
        {
            if (Expanding.TryGetValue(upper[i], out var forms))
            {
                expanded ??= new StringBuilder(upper, 0, i, upper.Length + 8);
                expanded.Append(title ? forms.Title : forms.Upper);
            }
            else
            {
                expanded?.Append(upper[i]);
            }
        }

        return expanded?.ToString() ?? upper;
    }

    private static bool Ascii(string text) => System.Text.Ascii.IsValid(text);

    private static bool IsTitle(Rune rune) => Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.TitlecaseLetter;

    private static bool IsCased(Rune rune) => Rune.IsLower(rune) || Rune.IsUpper(rune) || IsTitle(rune);

    /// <summary>A sigma that ends a word is written differently: after a letter, and not before one.</summary>
    private static bool IsFinalSigma(string text, int at) =>
        at > 0 && char.IsLetter(text[at - 1]) && (at + 1 == text.Length || !char.IsLetter(text[at + 1]));
}
