using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Reads <c>[[fill]align][sign][#][0][width][grouping][.precision][type]</c>.</summary>
internal static class BraceSpec
{
    public static FormatSpec Parse(string text)
    {
        var at = 0;
        bool Take(string characters, out char taken)
        {
            var matches = at < text.Length && characters.Contains(text[at], StringComparison.Ordinal);
            taken = matches ? text[at++] : '\0';
            return matches;
        }

        var fill = " ";
        var fillLength = text.Length > 1 && char.IsSurrogatePair(text, 0) ? 2 : 1;
        var hasFill = text.Length > fillLength && "<>^=".Contains(text[fillLength], StringComparison.Ordinal);
        if (hasFill)
        {
            fill = text[..fillLength];
            at = fillLength;
        }

        Take("<>^=", out var align);
        Take("+- ", out var sign);
        var alternate = Take("#", out _);
        if (Take("0", out _) && align == '\0')
        {
            (align, fill) = ('=', "0");
        }

        var width = ReadNumber(text, ref at) ?? 0;
        Take(",_", out var grouping);
        long? precision = null;
        if (Take(".", out _))
        {
            precision = ReadNumber(text, ref at) ?? throw TemplateFault.Runtime("format specifier misses its precision");
        }

        var type = at < text.Length ? text[at++] : '\0';
        if (at < text.Length)
        {
            throw TemplateFault.Runtime($"invalid format specifier '{text}'");
        }

        return new FormatSpec
        {
            Align = align,
            Fill = fill,
            Sign = sign == '-' ? '\0' : sign,
            Alternate = alternate,
            Width = width,
            Grouping = grouping,
            Precision = precision,
            Type = type,
        };
    }

    private static long? ReadNumber(string text, ref int at)
    {
        long? number = null;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            number = Math.Min(((number ?? 0) * 10) + (text[at++] - '0'), int.MaxValue);
        }

        return number;
    }
}
