namespace Inference.Server.Streaming;

/// <summary>
/// Shows proxies and clients that a stream without news is alive: a comment, which clients of server-sent events skip (WHATWG HTML, section
/// 9.2.6), each time the interval has passed.
/// </summary>
/// <param name="interval">Null for never.</param>
/// <param name="time">The clock.</param>
internal sealed class StreamKeepAlive(TimeSpan? interval, TimeProvider time)
{
    /// <summary>Waits for <paramref name="news"/>, whatever comes of it. The caller awaits it afterwards.</summary>
    /// <returns>The writer, if the response had to begin; null if there was no need.</returns>
    public async Task<SseWriter?> UntilAsync(Task news, HttpResponse response)
    {
        if (interval is not { } period || news.IsCompleted)
        {
            return null;
        }

        SseWriter? sse = null;
        using var timer = new PeriodicTimer(period, time);
        while (await Task.WhenAny(news, timer.WaitForNextTickAsync().AsTask()) != news && !news.IsCompleted)
        {
            sse ??= new SseWriter(response);
            sse.WriteKeepAlive();

            // Not cancelled with the request: the engine is told of that, and its answer is the news.
            await sse.FlushAsync(CancellationToken.None);
        }

        return sse;
    }
}
