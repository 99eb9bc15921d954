using System.Net.Sockets;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Http;

/// <summary>Connections over which requests go: as many as there are requests at a time, kept, without proxy or cookies.</summary>
internal static class Connections
{
    /// <summary>The request whose wait the making of a connection is noted in.</summary>
    public static readonly HttpRequestOptionsKey<RequestRecord> Record = new("record");

    public static HttpMessageInvoker Create(RunClock clock) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        MaxConnectionsPerServer = int.MaxValue,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        ConnectCallback = (context, cancellation) => ConnectAsync(context, clock, cancellation),
    });

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, RunClock clock, CancellationToken cancellation)
    {
        var start = clock.Now;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        if (context.InitialRequestMessage.Options.TryGetValue(Record, out var record))
            record.Connecting = clock.Now - start;
        return new NetworkStream(socket, ownsSocket: true);
    }
}
