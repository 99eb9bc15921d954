using System.Globalization;
using System.Numerics;

namespace Inference.Grammar.Json;

/// <summary>A decimal number of any precision: unscaled / 10^scale, without trailing zeros in the fraction.</summary>
/// <param name="Unscaled">The digits as an integer.</param>
/// <param name="Scale">The digits of the fraction, at least 0.</param>
internal readonly record struct DecimalNumber(BigInteger Unscaled, int Scale) : IComparable<DecimalNumber>
{
    private const int MaxDigits = 400;

    public static DecimalNumber Zero { get; } = new(0, 0);

    public int Sign => Unscaled.Sign;

    public bool IsInteger => Scale == 0;

    public DecimalNumber Negated => this with { Unscaled = -Unscaled };

    /// <summary>The digits before the point, of the number without its sign; "0" if there are none.</summary>
    public string WholeDigits => Digits[..^Scale];

    /// <summary>The digits after the point.</summary>
    public string FractionDigits => Digits[^Scale..];

    private string Digits => BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');

    /// <summary>Reads a JSON number; null if it needs more digits than anyone could mean.</summary>
    public static DecimalNumber? Parse(string json)
    {
        var exponentAt = json.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? json : json[..exponentAt];
        var exponent = 0;
        if (mantissa.Length > MaxDigits
            || (exponentAt >= 0 && !int.TryParse(json.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)))
        {
            return null;
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var unscaled = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (unscaled.IsZero)
            return Zero;
        return Math.Abs((long)exponent) > MaxDigits ? null : Normalize(unscaled, fraction - exponent);
    }

    /// <summary>In JSON.</summary>
    public override string ToString() => (Sign < 0 ? "-" : "") + WholeDigits + (IsInteger ? "" : "." + FractionDigits);

    /// <summary>As an integer of units of 10^-<paramref name="scale"/>, which must be at least its own.</summary>
    public BigInteger Scaled(int scale) => Unscaled * BigInteger.Pow(10, scale - Scale);

    public int CompareTo(DecimalNumber other)
    {
        var scale = Math.Max(Scale, other.Scale);
        return Scaled(scale).CompareTo(other.Scaled(scale));
    }

    /// <summary>The least number that both divide; both are positive.</summary>
    public static DecimalNumber LeastCommonMultiple(DecimalNumber a, DecimalNumber b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        var (x, y) = (a.Scaled(scale), b.Scaled(scale));
        return Normalize(x / BigInteger.GreatestCommonDivisor(x, y) * y, scale);
    }

    public bool IsMultipleOf(DecimalNumber divisor)
    {
        var scale = Math.Max(Scale, divisor.Scale);
        return (Scaled(scale) % divisor.Scaled(scale)).IsZero;
    }

    private static DecimalNumber Normalize(BigInteger unscaled, int scale)
    {
        while (scale > 0 && unscaled % 10 == 0)
            (unscaled, scale) = (unscaled / 10, scale - 1);
        return scale >= 0 ? new DecimalNumber(unscaled, scale) : new DecimalNumber(unscaled * BigInteger.Pow(10, -scale), 0);
    }
}
