using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Inference.Server.Pages;

/// <summary>
/// A page in one piece: the parts that pages share, and the style sheets and scripts that its HTML refers to, are put into it; the policy
/// that goes with it allows these very texts (by their hashes), requests to this server, and nothing else.
/// </summary>
internal sealed partial class WebPage
{
    private readonly List<string> _styles = [];
    private readonly List<string> _scripts = [];

    /// <summary>Puts the embedded page <paramref name="name"/> together.</summary>
    public WebPage(string name)
    {
        var html = Part().Replace(Read(name), match => Read(match.Groups[1].Value));
        html = Style().Replace(html, match => Inline("style", match.Groups[1].Value, _styles));
        html = Script().Replace(html, match => Inline("script", match.Groups[1].Value, _scripts));
        Content = Encoding.UTF8.GetBytes(html);
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content))[..16]}\"";
        ContentSecurityPolicy = string.Join("; ",
            "default-src 'none'",
            "script-src " + Allowed(_scripts),
            "style-src " + Allowed(_styles),
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'");
    }

    /// <summary>HTML in UTF-8.</summary>
    public byte[] Content { get; }

    /// <summary>Changes with the content.</summary>
    public string ETag { get; }

    /// <summary>The header of that name.</summary>
    public string ContentSecurityPolicy { get; }

    private static string Inline(string element, string resource, List<string> hashes)
    {
        var text = Read(resource);
        hashes.Add($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'");
        return $"<{element}>{text}</{element}>";
    }

    private static string Allowed(List<string> hashes) => hashes.Count > 0 ? string.Join(' ', hashes) : "'none'";

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(WebPage).Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(""" *<link rel="part" href="([^"]+)">\n""")]
    private static partial Regex Part();

    [GeneratedRegex("""<link rel="stylesheet" href="([^"]+)">""")]
    private static partial Regex Style();

    [GeneratedRegex("""<script src="([^"]+)"></script>""")]
    private static partial Regex Script();
}
