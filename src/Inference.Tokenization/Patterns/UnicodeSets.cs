using System.Globalization;
using System.Text;

namespace Inference.Tokenization.Patterns;

/// <summary>The named sets of code points that patterns and pre-tokenizers use, by Unicode general category.</summary>
internal static class UnicodeSets
{
    private static readonly Lazy<CodePointSet[]> Categories = new(ScanCategories);
    private static readonly Lazy<(int From, int To)[]> CasePairs = new(ScanCasePairs);

    /// <summary>Property White_Space.</summary>
    public static CodePointSet WhiteSpace { get; } = CodePointSet.OfRanges(
        (0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
        (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000));

    public static CodePointSet DecimalDigit { get; } = Category("Nd")!;

    /// <summary>Word characters: Alphabetic, M, Nd and Pc (UTS #18, annex C, without Join_Control).</summary>
    public static CodePointSet Word { get; } = Category("L")!.Union(Category("M")!).Union(Category("Nd")!).Union(Category("Nl")!)
        .Union(Category("Pc")!)
        .Union(CodePointSet.OfRanges((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)));

    /// <summary><see cref="Word"/> with Join_Control, as the Rust regex crate reads <c>\w</c>.</summary>
    public static CodePointSet RustWord { get; } = Word.Union(CodePointSet.OfRanges((0x200C, 0x200D)));

    public static CodePointSet Number { get; } = Category("N")!;

    /// <summary>General category P and the ASCII symbols that count as punctuation in C.</summary>
    public static CodePointSet Punctuation { get; } = Category("P")!.Union(
        CodePointSet.OfRanges((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)));

    /// <summary>
    /// The set of a property's name as in <c>\p{name}</c> (a general category or one of a few scripts); null when it is not known.
    /// </summary>
    public static CodePointSet? Property(string name)
    {
        string key = name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (key.Length <= 2 || !LongCategoryNames.TryGetValue(key, out string? shortName))
            shortName = key;
        return Category(shortName) ?? UnicodeScripts.Find(key) ?? Derived(key);
    }

    /// <summary>The set with each cased member's other cases added (simple case folding).</summary>
    public static CodePointSet WithOtherCases(CodePointSet set)
    {
        List<(int, int)> added = [];
        foreach ((int from, int to) in CasePairs.Value)
        {
            if (set.Contains(from))
                added.Add((to, to));
        }
        return added.Count == 0 ? set : set.Union(CodePointSet.OfRanges([.. added]));
    }

    private static readonly Dictionary<string, string> LongCategoryNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Letter"] = "L", ["UppercaseLetter"] = "Lu", ["LowercaseLetter"] = "Ll", ["TitlecaseLetter"] = "Lt", ["ModifierLetter"] = "Lm",
        ["OtherLetter"] = "Lo", ["Mark"] = "M", ["NonspacingMark"] = "Mn", ["SpacingMark"] = "Mc", ["EnclosingMark"] = "Me",
        ["Number"] = "N", ["DecimalNumber"] = "Nd", ["LetterNumber"] = "Nl", ["OtherNumber"] = "No", ["Punctuation"] = "P",
        ["Symbol"] = "S", ["MathSymbol"] = "Sm", ["CurrencySymbol"] = "Sc", ["ModifierSymbol"] = "Sk", ["OtherSymbol"] = "So",
        ["Separator"] = "Z", ["Other"] = "C", ["Control"] = "Cc", ["Format"] = "Cf", ["Unassigned"] = "Cn",
    };

    private static CodePointSet? Derived(string name) => name.ToUpperInvariant() switch
    {
        "ANY" => CodePointSet.All,
        "ALNUM" => AsciiOrUnicode("L", "M", "Nd"),
        "ALPHA" or "ALPHABETIC" => AsciiOrUnicode("L", "M", "Nl"),
        "DIGIT" => DecimalDigit,
        "UPPER" or "UPPERCASE" => Category("Lu"),
        "LOWER" or "LOWERCASE" => Category("Ll"),
        "PUNCT" => Punctuation,
        "SPACE" or "WHITESPACE" => WhiteSpace,
        "WORD" => Word,
        "CNTRL" => Category("Cc"),
        "BLANK" => Category("Zs")!.Union(CodePointSet.Of('\t')),
        "XDIGIT" => CodePointSet.OfRanges(('0', '9'), ('a', 'f'), ('A', 'F')),
        _ => null,
    };

    private static CodePointSet AsciiOrUnicode(params ReadOnlySpan<string> categories)
    {
        CodePointSet set = CodePointSet.Empty;
        foreach (string category in categories)
            set = set.Union(Category(category)!);
        return set;
    }

    private static CodePointSet? Category(string name)
    {
        CodePointSet? found = null;
        for (var category = UnicodeCategory.UppercaseLetter; category <= UnicodeCategory.OtherNotAssigned; category++)
        {
            if (ShortName(category).StartsWith(name, StringComparison.OrdinalIgnoreCase) && name.Length > 0)
                found = (found ?? CodePointSet.Empty).Union(Categories.Value[(int)category]);
        }
        return found;
    }

    private static string ShortName(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "Cn",
    };

    private static CodePointSet[] ScanCategories()
    {
        var ranges = new List<(int, int)>[(int)UnicodeCategory.OtherNotAssigned + 1];
        for (int i = 0; i < ranges.Length; i++)
            ranges[i] = [];
        int start = 0;
        UnicodeCategory current = CharUnicodeInfo.GetUnicodeCategory(0);
        for (int codePoint = 1; codePoint <= CodePointSet.Limit; codePoint++)
        {
            UnicodeCategory? category = codePoint < CodePointSet.Limit ? CharUnicodeInfo.GetUnicodeCategory(codePoint) : null;
            if (category == current)
                continue;
            ranges[(int)current].Add((start, codePoint - 1));
            start = codePoint;
            current = category ?? current;
        }
        return [.. ranges.Select(list => CodePointSet.OfRanges([.. list]))];
    }

    private static (int, int)[] ScanCasePairs()
    {
        // U+017F, U+212A and U+212B fold to ASCII letters and a-ring, but the simple mappings lead there from one side only.
        List<(int, int)> pairs = [('s', 0x17F), ('S', 0x17F), (0x17F, 's'), (0x17F, 'S'), ('k', 0x212A), ('K', 0x212A), (0xE5, 0x212B)];
        foreach ((int start, int end) in Category("Lu")!.Union(Category("Ll")!).Union(Category("Lt")!).Ranges)
        {
            for (int codePoint = start; codePoint < end; codePoint++)
            {
                var rune = new Rune(codePoint);
                foreach (int other in (int[])[Rune.ToLowerInvariant(rune).Value, Rune.ToUpperInvariant(rune).Value])
                {
                    if (other != codePoint)
                        pairs.AddRange([(codePoint, other), (other, codePoint)]);
                }
            }
        }
        return [.. pairs.Distinct()];
    }
}
