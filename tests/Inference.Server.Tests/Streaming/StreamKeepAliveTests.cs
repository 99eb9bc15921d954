using System.Text;
using Inference.Server.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Inference.Server.Tests.Streaming;

public sealed class StreamKeepAliveTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _news = new();
    private readonly MemoryStream _sent = new();
    private readonly DefaultHttpContext _context = new();

    public StreamKeepAliveTests() => _context.Response.Body = _sent;

    [Fact]
    public async Task Until_NewsInTime_BeginsNothing()
    {
        var waiting = new StreamKeepAlive(Interval, _time).UntilAsync(_news.Task, _context.Response);

        _time.Advance(Interval - TimeSpan.FromTicks(1));
        _news.SetResult();

        Assert.Null(await waiting);
        Assert.Null(_context.Response.ContentType);
        Assert.Equal("", Sent());
    }

    [Fact]
    public async Task Until_NewsLate_CommentsEachInterval()
    {
        var waiting = new StreamKeepAlive(Interval, _time).UntilAsync(_news.Task, _context.Response);

        foreach (var expected in new[] { ": keep-alive\n\n", ": keep-alive\n\n: keep-alive\n\n" })
        {
            _time.Advance(Interval);
            await SentAsync(expected);
        }

        _news.SetResult();
        using var sse = await waiting;
        Assert.NotNull(sse);
        Assert.StartsWith("text/event-stream", _context.Response.ContentType, StringComparison.Ordinal);
        Assert.Equal(": keep-alive\n\n: keep-alive\n\n", Sent());
    }

    [Fact]
    public async Task Until_NewsIsAFailure_IsLeftToTheCaller()
    {
        var waiting = new StreamKeepAlive(Interval, _time).UntilAsync(_news.Task, _context.Response);

        _news.SetException(new InvalidOperationException("no"));

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Until_NoInterval_LeavesTheWaitingToTheCaller()
    {
        Assert.Null(await new StreamKeepAlive(null, _time).UntilAsync(_news.Task, _context.Response));
    }

    public void Dispose() => _sent.Dispose();

    private async Task SentAsync(string expected)
    {
        while (Sent().Length < expected.Length)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, Sent());
    }

    private string Sent() => Encoding.UTF8.GetString(_sent.ToArray());
}
