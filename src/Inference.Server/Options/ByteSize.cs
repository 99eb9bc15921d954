using System.Globalization;

namespace Inference.Server.Options;

/// <summary>Sizes of memory as people write them.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40), ("B", 1),
    ];

    /// <summary>Reads "1073741824", "512MiB", "1.5 GiB" or "2GB" (powers of 1000; K, M, G and T alone are powers of 1024).</summary>
    /// <returns>Bytes, at least 1.</returns>
    /// <exception cref="FormatException">It is no such size.</exception>
    public static long Parse(string text)
    {
        var number = text.Trim();
        var factor = 1L;
        foreach (var unit in Units)
        {
            if (number.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^unit.Suffix.Length].TrimEnd();
                factor = unit.Factor;
                break;
            }
        }

        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value > 0
            && value <= long.MaxValue / factor
            && (long)(value * factor) is > 0 and var bytes
            ? bytes
            : throw new FormatException("must be a size such as 512MiB, 1GiB or 1073741824");
    }
}
