using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Inference.FunctionalTests.Pages;

/// <summary>What the pages are made of; what they do, <see cref="BrowserTests"/> tells.</summary>
public sealed partial class PageTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/playground")]
    [InlineData("/docs")]
    public async Task Page_IsOnePieceUnderAStrictPolicy(string path)
    {
        // With keys: the pages stay open.
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["key"] });

        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        foreach (var text in InlineText().Matches(html).Select(match => match.Groups[1].Value))
        {
            Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'", policy, StringComparison.Ordinal);
        }

        // Nothing is asked of other hosts, nothing runs from an attribute, nothing is parsed as HTML.
        Assert.DoesNotMatch("""(src|srcset)=["']|<link rel="stylesheet"|@import|\burl\(""", html);
        Assert.DoesNotMatch("""<[^>]+\s(on\w+|style)=""", html);
        Assert.DoesNotMatch(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", html);
    }

    [Fact]
    public async Task Page_NotChanged_Is304()
    {
        await using var server = await RunningServer.StartAsync();
        using var first = await server.Client.GetAsync("/playground", TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/playground");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [GeneratedRegex("<(?:script|style)>(.*?)</(?:script|style)>", RegexOptions.Singleline)]
    private static partial Regex InlineText();
}
