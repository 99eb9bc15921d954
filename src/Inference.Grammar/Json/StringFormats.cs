using System.Collections.Frozen;

namespace Inference.Grammar.Json;

/// <summary>
/// The formats of JSON Schema (draft 2020-12, validation, section 7.3) as patterns that match whole strings. Each allows only valid strings;
/// of e-mail addresses, host names and URIs, which have no length to speak of, the usual ones.
/// </summary>
internal static class StringFormats
{
    private const string Year = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])";

    private const string LeapYear = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";

    private const string Date =
        $"({Year}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|{LeapYear}-02-29)";

    private const string Time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";

    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    private const string ShortLabel = "[A-Za-z0-9]([A-Za-z0-9-]{0,21}[A-Za-z0-9])?";

    private const string HostName = $"({Label}(\\.{Label}){{0,2}}|{ShortLabel}(\\.{ShortLabel}){{0,9}})";

    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}";

    private const string Octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private const string IPv4 = $"{Octet}(\\.{Octet}){{3}}";

    private const string Hex = "[0-9A-Fa-f]{1,4}";

    private const string IPv6 =
        $"(({Hex}:){{7}}{Hex}|({Hex}:){{6}}{IPv4}|({Hex}:){{1,7}}:|({Hex}:){{1,6}}:{Hex}|({Hex}:){{1,5}}(:{Hex}){{2}}|({Hex}:){{1,4}}(:{Hex}){{3}}"
        + $"|({Hex}:){{1,3}}(:{Hex}){{4}}|({Hex}:){{1,2}}(:{Hex}){{5}}|{Hex}:(:{Hex}){{6}}|:(:{Hex}){{1,7}}|::|::([Ff]{{4}}:)?{IPv4}|({Hex}:){{1,4}}:{IPv4})";

    private const string UriCharacter = "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";

    private const string UriEnd = $"(\\?({UriCharacter}|[/?])*)?(#({UriCharacter}|[/?])*)?";

    private const string Uri =
        $"[A-Za-z][A-Za-z0-9+.-]*:(//({HostName}|{IPv4}|\\[{IPv6}\\])(:[0-9]{{1,5}})?(/{UriCharacter}*)*|{UriCharacter}+(/{UriCharacter}*)*){UriEnd}";

    private const string Seconds = "[0-9]{1,9}S";

    private const string Minutes = $"[0-9]{{1,9}}M({Seconds})?";

    private const string DurationTime = $"T([0-9]{{1,9}}H({Minutes})?|{Minutes}|{Seconds})";

    private const string Days = "[0-9]{1,9}D";

    private const string Months = $"[0-9]{{1,9}}M({Days})?";

    private const string Duration = $"P(([0-9]{{1,9}}Y({Months})?|{Months}|{Days})({DurationTime})?|{DurationTime}|[0-9]{{1,9}}W)";

    private const string JsonPointer = "(/([^/~]|~[01])*)*";

    private static readonly FrozenDictionary<string, string> Patterns = new Dictionary<string, string>
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}T{Time}",
        ["duration"] = Duration,
        ["email"] = $"{Atom}(\\.{Atom}){{0,2}}@{HostName}",
        ["hostname"] = HostName,
        ["ipv4"] = IPv4,
        ["ipv6"] = IPv6,
        ["uuid"] = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
        ["uri"] = Uri,
        ["json-pointer"] = JsonPointer,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Unsupported = FrozenSet.Create(
        "idn-email", "idn-hostname", "uri-reference", "iri", "iri-reference", "uri-template", "relative-json-pointer", "regex");

    /// <summary>The pattern of a format; null for one that JSON Schema does not define, which is only a remark there.</summary>
    /// <param name="format">The format's name.</param>
    /// <param name="isSupported">Whether the format, if JSON Schema defines it, can be kept.</param>
    public static string? Find(string format, out bool isSupported)
    {
        isSupported = !Unsupported.Contains(format);
        return Patterns.GetValueOrDefault(format);
    }
}
