using System.Numerics;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>
/// Python's numbers: integers are <see cref="long"/>, and <see cref="BigInteger"/> beyond; booleans count as 0 and 1; others are double.
/// </summary>
internal static class Numbers
{
    public static bool IsInteger(object? value) => value is long or bool or BigInteger;

    public static bool IsNumber(object? value) => value is double || IsInteger(value);

    /// <summary>The integer in its one form: long where it fits.</summary>
    public static object Normalize(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    /// <summary>The integer, held to what a long can be: enough for indexes, counts and widths.</summary>
    public static long Saturate(object? integer) => integer switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        BigInteger number => number.Sign < 0 ? long.MinValue / 4 : long.MaxValue / 4,
        _ => throw new ArgumentException("not an integer", nameof(integer)),
    };

    public static BigInteger ToBig(object? integer) => integer is BigInteger number ? number : Saturate(integer);

    /// <exception cref="TemplateFault">An integer beyond the range of a double.</exception>
    public static double ToDouble(object? number)
    {
        if (number is double value)
        {
            return value;
        }

        var converted = number is BigInteger big ? (double)big : Saturate(number);
        return double.IsFinite(converted) ? converted : throw TemplateFault.Runtime("int too large to convert to float");
    }
}
