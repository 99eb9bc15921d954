using System.Collections.Frozen;
using System.Globalization;

namespace Inference.Grammar.Patterns;

/// <summary>Characters by general category, as \p{...} names them.</summary>
internal static class UnicodeCategories
{
    private const int MaxScalar = 0x10FFFF;

    /// <summary>In the order of <see cref="UnicodeCategory"/>.</summary>
    private static readonly string[] Codes =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf",
        "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly FrozenDictionary<string, string> LongNames = new Dictionary<string, string>
    {
        ["Letter"] = "L", ["Uppercase_Letter"] = "Lu", ["Lowercase_Letter"] = "Ll", ["Mark"] = "M", ["Number"] = "N", ["Decimal_Number"] = "Nd",
        ["Punctuation"] = "P", ["punct"] = "P", ["Symbol"] = "S", ["Separator"] = "Z", ["Space_Separator"] = "Zs", ["Other"] = "C", ["Control"] = "Cc",
    }.ToFrozenDictionary();

    private static readonly Lazy<CodePointSet[]> Sets = new(ReadAll);

    /// <summary>The characters of a category such as L, Lu or Letter; null when there is no such category.</summary>
    public static CodePointSet? Find(string name)
    {
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0 && name[..equals] is "gc" or "General_Category")
            name = name[(equals + 1)..];
        name = LongNames.GetValueOrDefault(name, name);
        if (name == "Any")
            return CodePointSet.All;

        CodePointSet? found = null;
        for (var i = 0; i < Codes.Length; i++)
        {
            if (Codes[i] == name || (name.Length == 1 && Codes[i][0] == name[0]))
                found = found?.Union(Sets.Value[i]) ?? Sets.Value[i];
        }

        return found;
    }

    private static CodePointSet[] ReadAll()
    {
        var ranges = Array.ConvertAll(Codes, _ => new List<(int Low, int High)>());
        var start = 0;
        for (var codePoint = 1; codePoint <= MaxScalar + 1; codePoint++)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(start);
            if (codePoint <= MaxScalar && CharUnicodeInfo.GetUnicodeCategory(codePoint) == category)
                continue;
            ranges[(int)category].Add((start, codePoint - 1));
            start = codePoint;
        }

        return Array.ConvertAll(ranges, CodePointSet.OfRanges);
    }
}
