using System.Globalization;
using System.Numerics;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Exact decimal rounding of doubles, half to even, as Python's round() and fixed-point formats do.</summary>
internal static class DecimalRounding
{
    /// <summary>The number rounded to so many decimal places; negative counts round before the point.</summary>
    public static double Round(double value, int places)
    {
        if (!double.IsFinite(value) || value == 0)
        {
            return value;
        }

        var scaled = Scale(Math.Abs(value), places);
        var text = scaled.ToString(CultureInfo.InvariantCulture) + "E" + (-places).ToString(CultureInfo.InvariantCulture);
        return Math.CopySign(double.Parse(text, CultureInfo.InvariantCulture), value);
    }

    /// <summary>An integer rounded to a multiple of ten to the power <paramref name="zeros"/>.</summary>
    public static object Round(BigInteger value, int zeros)
    {
        var unit = BigInteger.Pow(10, zeros);
        return Numbers.Normalize(DivideHalfEven(BigInteger.Abs(value), unit) * unit * value.Sign);
    }

    /// <summary>A finite number's absolute value with exactly so many decimals.</summary>
    public static string Fixed(double value, int places)
    {
        var digits = Scale(Math.Abs(value), places).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        return places == 0 ? digits : $"{digits[..^places]}.{digits[^places..]}";
    }

    /// <summary>value * 10^places as an integer.</summary>
    private static BigInteger Scale(double value, int places)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var fraction = bits & ((1L << 52) - 1);
        BigInteger numerator = exponent == 0 ? fraction : fraction | (1L << 52);
        var power = Math.Max(exponent, 1) - 1075; // the value is numerator * 2^power
        var denominator = BigInteger.One;
        numerator = power > 0 ? numerator << power : numerator;
        denominator = power < 0 ? denominator << -power : denominator;
        numerator *= BigInteger.Pow(10, Math.Max(places, 0));
        denominator *= BigInteger.Pow(10, Math.Max(-places, 0));
        return DivideHalfEven(numerator, denominator);
    }

    private static BigInteger DivideHalfEven(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var half = (remainder * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
