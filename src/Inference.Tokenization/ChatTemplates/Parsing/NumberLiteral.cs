using System.Globalization;
using System.Numerics;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>Reads numbers: decimal, 0x, 0o and 0b integers, floats with a fraction or an exponent, underscores between digits.</summary>
internal static class NumberLiteral
{
    private const int MaxDigits = 1000;

    /// <param name="source">The template.</param>
    /// <param name="start">Position of the first digit.</param>
    /// <param name="line">For the token.</param>
    /// <param name="afterDot">Whether a dot comes just before: <c>x.0.1</c> is two integers, not a float.</param>
    /// <returns>The token and the position after it.</returns>
    public static (Token Token, int End) Read(string source, int start, int line, bool afterDot)
    {
        if (source[start] == '0' && start + 1 < source.Length && RadixOf(source[start + 1]) is var radix and > 0)
        {
            var digitsEnd = SkipDigits(source, start + 2, radix);
            if (digitsEnd > start + 2)
            {
                return (Integer(source.AsSpan(start + 2, digitsEnd - start - 2), radix, line), digitsEnd);
            }
        }

        var end = SkipDigits(source, start, 10);
        var floatEnd = afterDot ? end : SkipExponent(source, SkipFraction(source, end));
        if (floatEnd > end)
        {
            var text = source[start..floatEnd].Replace("_", "", StringComparison.Ordinal);
            return (new Token(TokenKind.Float, text, line, double.Parse(text, CultureInfo.InvariantCulture)), floatEnd);
        }

        return (Integer(source.AsSpan(start, end - start), 10, line), end);
    }

    private static int RadixOf(char c) => c switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 0 };

    private static int SkipFraction(string source, int at) =>
        at + 1 < source.Length && source[at] == '.' && char.IsAsciiDigit(source[at + 1]) ? SkipDigits(source, at + 1, 10) : at;

    private static int SkipExponent(string source, int at)
    {
        if (at >= source.Length || source[at] is not ('e' or 'E'))
        {
            return at;
        }

        var digits = at + 1 < source.Length && source[at + 1] is '+' or '-' ? at + 2 : at + 1;
        return digits < source.Length && char.IsAsciiDigit(source[digits]) ? SkipDigits(source, digits, 10) : at;
    }

    private static int SkipDigits(string source, int at, int radix)
    {
        while (at < source.Length && (DigitOf(source[at]) < radix
            || (source[at] == '_' && at + 1 < source.Length && DigitOf(source[at + 1]) < radix)))
        {
            at++;
        }

        return at;
    }

    private static int DigitOf(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : int.MaxValue;

    private static Token Integer(ReadOnlySpan<char> digits, int radix, int line)
    {
        if (digits.Length > MaxDigits)
        {
            throw TemplateFault.Limit($"a number with {digits.Length} digits", line);
        }

        var value = BigInteger.Zero;
        foreach (var c in digits)
        {
            value = c == '_' ? value : (value * radix) + DigitOf(c);
        }

        return new Token(TokenKind.Integer, digits.ToString(), line, Numbers.Normalize(value));
    }
}
