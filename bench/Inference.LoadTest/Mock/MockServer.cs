using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Inference.LoadTest.Mock;

/// <summary>
/// A server over plain sockets that streams completions in the time it is told: so little work that what is measured of it is the client's.
/// Understands no more of HTTP than <see cref="Http.LoadClient"/> sends.
/// </summary>
internal sealed class MockServer : IAsyncDisposable
{
    private static readonly byte[] Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
    private static readonly byte[] Event = Chunk("""data: {"id":"cmpl-1","object":"text_completion","created":1,"model":"mock","choices":[{"index":0,"text":" word","logprobs":null,"finish_reason":null}]}""" + "\n\n");

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly MockTiming _timing;
    private readonly byte[] _end;
    private readonly Task _accepting;

    /// <summary>Listens, with <paramref name="port"/> 0 on a free port.</summary>
    public MockServer(MockTiming timing, int port = 0)
    {
        _timing = timing;
        _end =
        [
            .. Chunk("""data: {"choices":[{"index":0,"text":"","finish_reason":"length"}]}""" + "\n\n" +
                string.Create(CultureInfo.InvariantCulture, $$$"""data: {"choices":[],"usage":{"completion_tokens":{{{timing.Tokens}}}}}""") + "\n\ndata: [DONE]\n\n"),
            .. "0\r\n\r\n"u8,
        ];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(4096);
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private static byte[] Chunk(string text) => Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n");

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is to stop.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            client.NoDelay = true;
            var received = new byte[64 << 10];
            try
            {
                while (await ReadRequestAsync(client, received) is { } isPost)
                {
                    if (isPost)
                        await StreamAsync(client);
                    else
                        await client.SendAsync(Empty, _stop.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidDataException)
            {
                // The client went away, or the server is to stop.
            }
        }
    }

    /// <returns>Whether it is a POST; null when there are no more. Its contents are passed over.</returns>
    private async Task<bool?> ReadRequestAsync(Socket client, byte[] received)
    {
        var length = 0;
        int head;
        while ((head = received.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (length == received.Length)
                throw new InvalidDataException("The headers are too long.");
            var count = await client.ReceiveAsync(received.AsMemory(length), _stop.Token);
            if (count == 0)
                return null;
            length += count;
        }

        var left = ContentLength(Encoding.ASCII.GetString(received, 0, head)) - (length - head - 4);
        while (left > 0)
        {
            var count = await client.ReceiveAsync(received, _stop.Token);
            if (count == 0)
                return null;
            left -= count;
        }

        return received[0] == 'P';
    }

    private static int ContentLength(string headers)
    {
        const string name = "Content-Length: ";
        var start = headers.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        return start < 0 ? 0 : int.Parse(headers.AsSpan(start + name.Length).Trim().ToString().Split('\r')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Each event at its own time: what the system's timers add to one wait is not added to the next.</summary>
    private async Task StreamAsync(Socket client)
    {
        var start = TimeProvider.System.GetTimestamp();
        await client.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), _stop.Token);
        for (var i = 0; i < _timing.Tokens; i++)
        {
            var left = _timing.FirstToken + i * _timing.BetweenTokens - TimeProvider.System.GetElapsedTime(start);
            if (left >= TimeSpan.FromMilliseconds(1))
                await Task.Delay(left, _stop.Token);
            await client.SendAsync(Event, _stop.Token);
        }

        await client.SendAsync(_end, _stop.Token);
    }
}
