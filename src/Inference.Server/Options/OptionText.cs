using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Inference.Server.Options;

/// <summary>Turns an option's text into its value. Each throws <see cref="FormatException"/> with what the value must be.</summary>
internal static class OptionText
{
    /// <summary>A whole number in [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static int Integer(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));

    /// <summary>A power of two in [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static int PowerOfTwo(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && int.IsPow2(value) && value >= min && value <= max
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"must be a power of two from {min} to {max}"));

    /// <summary>A number in [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static double Number(string text, double min, double max) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}"));

    /// <summary>"true" or "false".</summary>
    public static bool Boolean(string text) => bool.TryParse(text, out var value) ? value : throw new FormatException("must be true or false");

    /// <summary>Any text but white space.</summary>
    public static string NotEmpty(string text) =>
        string.IsNullOrWhiteSpace(text) ? throw new FormatException("must not be empty") : text;

    /// <summary>One of <paramref name="choices"/>.</summary>
    public static string OneOf(string text, params ReadOnlySpan<string> choices) =>
        choices.Contains(text) ? text : throw new FormatException($"must be one of: {string.Join(", ", choices)}");

    /// <summary>The name of one of an enumeration's values, in lower case.</summary>
    public static T Name<T>(string text)
        where T : struct, Enum =>
        Enum.GetNames<T>().Any(name => name.Equals(text, StringComparison.OrdinalIgnoreCase))
            ? Enum.Parse<T>(text, ignoreCase: true)
            : throw new FormatException($"must be one of: {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    /// <summary>Texts separated by commas, at least one, none empty.</summary>
    public static ImmutableArray<string> List(string text)
    {
        ImmutableArray<string> items = [.. text.Split(',', StringSplitOptions.TrimEntries)];
        return items.All(item => item.Length > 0) ? items : throw new FormatException("must be one or more texts separated by commas");
    }

    /// <summary>An absolute address of HTTP.</summary>
    public static Uri HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new FormatException("must be an absolute URL with http or https");

    /// <summary>An address that a socket can be bound to.</summary>
    public static string Host(string text) =>
        text is "localhost" or "*" || IPAddress.TryParse(text, out _)
            ? text
            : throw new FormatException("must be an IP address, localhost or *");
}
