using System.Net;

namespace Inference.FunctionalTests;

/// <summary>Streams that wait for their first token, over HTTP.</summary>
public sealed class StreamKeepAliveTests
{
    private const string Path = "/v1/completions";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Stream_FirstTokenLate_BeginsWithComments()
    {
        await using var server = await RunningServer.StartAsync(options => options with { SseKeepAlive = Interval });
        server.Executor.Hold();

        using var response = await server.PostAsync(Path, """{"prompt": "w", "temperature": 0, "stream": true}""", HttpCompletionOption.ResponseHeadersRead);
        server.Executor.Release();
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var comments = body.Split("\n\n").TakeWhile(text => text == ": keep-alive").Count();
        Assert.True(comments > 0, body);
        var events = RunningServer.Events(body[(comments * ": keep-alive\n\n".Length)..]);
        Assert.Equal("xyz", string.Concat(events.Select(e => e.GetProperty("choices")[0].GetProperty("text").GetString())));
    }

    [Fact]
    public async Task Stream_FailsAfterAComment_TellsItAsAnEvent()
    {
        await using var server = await RunningServer.StartAsync(options => options with { SseKeepAlive = Interval });
        server.Executor.Hold();
        server.Executor.FailWith = _ => new InvalidOperationException("The device is lost.");

        using var response = await server.PostAsync(Path, """{"prompt": "w", "stream": true}""", HttpCompletionOption.ResponseHeadersRead);
        server.Executor.Release();
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var error = Assert.Single(RunningServer.Events(body[body.IndexOf("data: ", StringComparison.Ordinal)..]));
        Assert.Equal("server_error", error.GetProperty("error").GetProperty("type").GetString());
        Assert.DoesNotContain("device", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ClientGoesWhileWaiting_IsCancelled()
    {
        await using var server = await RunningServer.StartAsync(options => options with { SseKeepAlive = Interval });
        server.Executor.Hold();

        using (await server.PostAsync(Path, """{"prompt": "Z", "max_tokens": 250, "temperature": 0, "stream": true}""", HttpCompletionOption.ResponseHeadersRead))
        {
            // Gone with the headers and a comment, before any token.
        }

        server.Executor.Release();
        await server.IdleAsync();
    }
}
