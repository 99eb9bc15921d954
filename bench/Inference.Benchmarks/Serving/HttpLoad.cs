using System.Net;
using System.Net.Sockets;
using System.Text;
using Inference.Benchmarks.Steps;
using Inference.Testing;

namespace Inference.Benchmarks.Serving;

/// <summary>
/// The requests of an <see cref="EngineLoad"/>, streamed over HTTP, a connection for each. Clients do as little as they can, for they
/// share the machine with the server.
/// </summary>
internal sealed class HttpLoad(EngineLoad load, IPEndPoint server)
{
    // The prompts' other tokens are below 90.
    private const int FirstToken = 1000;

    // An event takes some 250 bytes.
    private readonly int _responseCapacity = (load.OutputLength + 16) * 1024;

    private static int _runs;

    public Task RunAsync()
    {
        _runs++;
        return Task.WhenAll(Enumerable.Range(0, load.Requests).Select(GenerateAsync));
    }

    private async Task GenerateAsync(int seed)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        await socket.SendAsync(Request(seed));

        var response = new byte[_responseCapacity];
        var length = 0;
        while (!response.AsSpan(0, length).EndsWith("0\r\n\r\n"u8))
        {
            var received = await socket.ReceiveAsync(response.AsMemory(length));
            if (received == 0)
                break;
            length += received;
        }

        Check(response.AsSpan(0, length));
    }

    private byte[] Request(int seed)
    {
        // Begins with another token in each run of any load: the server may keep the prompts of the one before, a new engine in process has none.
        int[] tokens = [FirstToken + _runs, .. TestRequest.Prompt(load.PromptLength - 1, seed)];
        var prompt = string.Join(',', tokens);
        var body =
            $$$"""
            {"prompt": [{{{prompt}}}], "max_tokens": {{{load.OutputLength}}}, "temperature": 0, "ignore_eos": true,
             "stream": true, "stream_options": {"include_usage": true}}
            """;
        return Encoding.ASCII.GetBytes(
            $"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private void Check(ReadOnlySpan<byte> response)
    {
        var usage = Encoding.ASCII.GetBytes($"\"completion_tokens\":{load.OutputLength},");
        if (response.IndexOf(usage) < 0)
            throw new InvalidOperationException($"A request did not get its tokens: {Encoding.UTF8.GetString(response[..Math.Min(response.Length, 1000)])}");
    }
}
