using System.Globalization;
using System.Numerics;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Python's <c>int()</c> and <c>float()</c>, null where they fail.</summary>
internal static class NumberParser
{
    private const int MaxDigits = 1000;

    public static object? ToInteger(object? value, long radix)
    {
        switch (value)
        {
            case Undefined undefined:
                throw undefined.Fault();
            case string text:
                return ParseInteger(text, radix) ?? (ParseFloat(text) is { } parsed ? Truncate(parsed) : null);
            case double number:
                return Truncate(number);
            default:
                return Numbers.IsInteger(value) ? Numbers.Normalize(Numbers.ToBig(value)) : null;
        }
    }

    public static double? ToFloat(object? value) => value switch
    {
        Undefined undefined => throw undefined.Fault(),
        string text => ParseFloat(text),
        _ when Numbers.IsNumber(value) => Numbers.ToDouble(value),
        _ => null,
    };

    private static object? Truncate(double number) => double.IsFinite(number) ? Numbers.Normalize(new BigInteger(number)) : null;

    private static object? ParseInteger(string text, long radix)
    {
        var digits = TrimSpace(text);
        var negative = digits.StartsWith('-');
        digits = negative || digits.StartsWith('+') ? digits[1..] : digits;
        (digits, radix) = SkipPrefix(digits, radix);
        if (digits.Length is 0 or > MaxDigits || digits[^1] == '_' || digits[0] == '_' || digits.Contains("__", StringComparison.Ordinal))
        {
            return null;
        }

        var value = BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : CharUnicodeInfo.GetDecimalDigitValue(c);
            if (c != '_' && (digit < 0 || digit >= radix))
            {
                return null;
            }

            value = c == '_' ? value : (value * radix) + digit;
        }

        return Numbers.Normalize(negative ? -value : value);
    }

    private static (string Digits, long Radix) SkipPrefix(string digits, long radix)
    {
        var prefixed = digits.Length > 1 && digits[0] == '0'
            ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 }
            : 0;
        return prefixed > 0 && (radix == 0 || radix == prefixed)
            ? (digits[2..].TrimStart('_'), prefixed)
            : (digits, radix == 0 ? 10 : radix);
    }

    private static double? ParseFloat(string text)
    {
        var digits = TrimSpace(text);
        var unsigned = digits.TrimStart('+', '-').ToLowerInvariant();
        if (unsigned is "inf" or "infinity" or "nan")
        {
            return unsigned == "nan" ? double.NaN : digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var plain = digits.Replace("_", "", StringComparison.Ordinal);
        var startsNumber = unsigned.Length > 0 && (char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.');
        return startsNumber && double.TryParse(plain, Style, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static string TrimSpace(string text) => StringOperations.Strip(text, null, fromStart: true, fromEnd: true);
}
