using System.Globalization;
using System.Numerics;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>How one value is formatted: what <c>{:…}</c> and <c>%…</c> have in common.</summary>
internal sealed record FormatSpec
{
    private const int MaxPrecision = 1000;

    /// <summary><c>&lt;</c>, <c>&gt;</c>, <c>^</c>, <c>=</c> (after the sign), or NUL for the type's own.</summary>
    public char Align { get; init; }

    /// <summary>One code point.</summary>
    public string Fill { get; init; } = " ";

    /// <summary><c>+</c> or a blank before numbers that are not negative; NUL for neither.</summary>
    public char Sign { get; init; }

    public bool Alternate { get; init; }

    public long Width { get; init; }

    /// <summary><c>,</c> or <c>_</c> between groups of digits; NUL for none.</summary>
    public char Grouping { get; init; }

    public long? Precision { get; init; }

    /// <summary>The conversion; NUL for the type's own.</summary>
    public char Type { get; init; }

    public string Apply(RenderContext context, object? value)
    {
        if (Precision > MaxPrecision)
        {
            throw TemplateFault.Limit($"a precision of more than {MaxPrecision}");
        }

        if (Type is 's' or '\0' && (value is bool && Type == 's' || !Numbers.IsNumber(value)))
        {
            var text = Text.Of(context, value);
            text = Precision is { } most ? CodePoints.Slice(context, text, new(null, most, null)) : text;
            return Align is '\0' or '<' ? Padding.Right(context, text, Width, Fill) : PadNumber(context, "", text);
        }

        var (sign, digits) = Type switch
        {
            'd' or 'i' or 'u' or 'x' or 'X' or 'o' or 'b' or 'c' or 'n' => OfInteger(value),
            '\0' when Numbers.IsInteger(value) => OfInteger(value),
            'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' or '\0' when Numbers.IsNumber(value) => OfDouble(Numbers.ToDouble(value)),
            _ => throw TemplateFault.Runtime($"unknown format code '{Type}' for object of type '{TypeName.Of(value)}'"),
        };
        return PadNumber(context, sign, digits);
    }

    private string PadNumber(RenderContext context, string sign, string digits) => Align switch
    {
        '=' => sign + Padding.Left(context, digits, Width - sign.Length, Fill),
        '<' => Padding.Right(context, sign + digits, Width, Fill),
        '^' => Padding.Pad(context, sign + digits, Width, Fill, missing => missing / 2),
        _ => Padding.Left(context, sign + digits, Width, Fill),
    };

    private string SignOf(bool isNegative) => isNegative ? "-" : Sign == '\0' ? "" : Sign.ToString();

    private (string Sign, string Digits) OfInteger(object? value)
    {
        if (!Numbers.IsInteger(value))
        {
            throw TemplateFault.Runtime($"unknown format code '{Type}' for object of type '{TypeName.Of(value)}'");
        }

        var number = Numbers.ToBig(value);
        var magnitude = BigInteger.Abs(number);
        var digits = Type switch
        {
            'x' => (Alternate ? "0x" : "") + ToRadix(magnitude, 16),
            'X' => (Alternate ? "0X" : "") + ToRadix(magnitude, 16).ToUpperInvariant(),
            'o' => (Alternate ? "0o" : "") + ToRadix(magnitude, 8),
            'b' => (Alternate ? "0b" : "") + ToRadix(magnitude, 2),
            'c' => number >= 0 && number <= 0x10FFFF && number is var code && (code < 0xD800 || code > 0xDFFF)
                ? char.ConvertFromUtf32((int)number)
                : throw TemplateFault.Runtime("%c arg not in range(0x110000)"),
            _ => Group(magnitude.ToString(CultureInfo.InvariantCulture)),
        };
        return (SignOf(number.Sign < 0), digits);
    }

    private (string Sign, string Digits) OfDouble(double value)
    {
        var sign = SignOf(double.IsNegative(value) && !double.IsNaN(value));
        var magnitude = Math.Abs(value);
        if (!double.IsFinite(value))
        {
            var name = double.IsNaN(value) ? "nan" : "inf";
            return (sign, char.IsUpper(Type) ? name.ToUpperInvariant() : name);
        }

        var precision = (int)(Precision ?? 6);
        var digits = Type switch
        {
            'e' or 'E' => Scientific(magnitude, precision),
            'f' or 'F' => Group(DecimalRounding.Fixed(magnitude, precision)),
            '%' => DecimalRounding.Fixed(magnitude * 100, precision) + "%",
            '\0' when Precision is null => Group(Repr.OfDouble(magnitude)),
            _ => Group(General(magnitude, Math.Max(1, precision))),
        };
        return (sign, Type is 'E' or 'G' ? digits.ToUpperInvariant() : digits);
    }

    private static string Scientific(double magnitude, int precision)
    {
        var text = magnitude.ToString("e" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var exponentAt = text.IndexOf('e') + 2;
        return text[..exponentAt] + text[exponentAt..].TrimStart('0').PadLeft(2, '0');
    }

    /// <summary>So many significant digits, in whichever notation is shorter.</summary>
    private string General(double magnitude, int precision)
    {
        var scientific = Scientific(magnitude, precision - 1);
        var exponentAt = scientific.IndexOf('e');
        var exponent = int.Parse(scientific.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent >= -4 && exponent < precision - (Type == '\0' ? 1 : 0))
        {
            var plain = DecimalRounding.Fixed(magnitude, precision - 1 - exponent);
            plain = Alternate ? plain : TrimFraction(plain);
            return Type == '\0' && !plain.Contains('.') ? plain + ".0" : plain;
        }

        return (Alternate ? scientific[..exponentAt] : TrimFraction(scientific[..exponentAt])) + scientific[exponentAt..];
    }

    private static string TrimFraction(string digits) => digits.Contains('.') ? digits.TrimEnd('0').TrimEnd('.') : digits;

    private string Group(string digits)
    {
        if (Grouping == '\0')
        {
            return digits;
        }

        var end = digits.IndexOfAny(['.', 'e']);
        end = end < 0 ? digits.Length : end;
        for (var at = end - 3; at > 0; at -= 3)
        {
            digits = digits.Insert(at, Grouping.ToString());
        }

        return digits;
    }

    private static string ToRadix(BigInteger magnitude, int radix)
    {
        if (magnitude.IsZero)
        {
            return "0";
        }

        var digits = new Stack<char>();
        for (; !magnitude.IsZero; magnitude /= radix)
        {
            digits.Push("0123456789abcdef"[(int)(magnitude % radix)]);
        }

        return new string([.. digits]);
    }
}
