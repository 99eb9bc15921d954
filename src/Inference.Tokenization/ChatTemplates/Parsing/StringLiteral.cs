using System.Globalization;
using System.Text;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>Python's escapes in string literals. An unknown escape keeps its backslash.</summary>
internal static class StringLiteral
{
    public static string Unescape(ReadOnlySpan<char> raw, int line)
    {
        if (!raw.Contains('\\'))
        {
            return raw.ToString();
        }

        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\' || i + 1 == raw.Length)
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            i += raw[i] switch
            {
                'x' => AppendHex(text, raw[(i + 1)..], 2, line),
                'u' => AppendHex(text, raw[(i + 1)..], 4, line),
                'U' => AppendHex(text, raw[(i + 1)..], 8, line),
                'N' => throw TemplateFault.Syntax(line, "the \\N{…} escape is not supported"),
                >= '0' and <= '7' => AppendOctal(text, raw[i..]) - 1,
                _ => AppendSimple(text, raw[i]),
            };
        }

        return text.ToString();
    }

    private static int AppendSimple(StringBuilder text, char c)
    {
        switch (c)
        {
            case '\n':
                break; // a line continuation
            case '\\' or '\'' or '"':
                text.Append(c);
                break;
            case 'a':
                text.Append('\a');
                break;
            case 'b':
                text.Append('\b');
                break;
            case 'f':
                text.Append('\f');
                break;
            case 'n':
                text.Append('\n');
                break;
            case 'r':
                text.Append('\r');
                break;
            case 't':
                text.Append('\t');
                break;
            case 'v':
                text.Append('\v');
                break;
            default:
                text.Append('\\').Append(c);
                break;
        }

        return 0;
    }

    private static int AppendHex(StringBuilder text, ReadOnlySpan<char> rest, int digits, int line)
    {
        if (rest.Length < digits
            || !int.TryParse(rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code is < 0 or > 0x10FFFF)
        {
            throw TemplateFault.Syntax(line, "a malformed \\x, \\u or \\U escape in a string");
        }

        if (code > char.MaxValue)
        {
            text.Append(char.ConvertFromUtf32(code));
        }
        else
        {
            text.Append((char)code);
        }

        return digits;
    }

    private static int AppendOctal(StringBuilder text, ReadOnlySpan<char> rest)
    {
        int code = 0, length = 0;
        while (length < 3 && length < rest.Length && rest[length] is >= '0' and <= '7')
        {
            code = (code * 8) + (rest[length++] - '0');
        }

        text.Append((char)code);
        return length;
    }
}
