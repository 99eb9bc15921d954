using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Inference.FunctionalTests.Soak;

/// <summary>Clients that send slowly, read slowly, wait, close halfway and go away: others are served meanwhile, and nothing is left of them.</summary>
public sealed class SlowClientTests
{
    private const double AllowedGrowth = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static string Streamed(int tokens) => $$"""{"prompt": "abc", "max_tokens": {{tokens}}, "ignore_eos": true, "stream": true}""";

    [Theory]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: x\r\nX-Long: ")]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"prompt\": \"")]
    public async Task Writers_ThatDribble_AreCutOffAndHoldNobodyUp(string beginning)
    {
        var count = SoakServer.Count(20, 1000);
        using var server = await SoakServer.StartAsync();
        var before = server.ResidentMemory;
        var writers = Enumerable.Range(0, count).Select(_ => DribbleAsync(server.Address, beginning)).ToList();

        var answered = 0;
        while (writers.Exists(writer => !writer.IsCompleted))
        {
            using var answer = await AskAsync(server);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answered++;
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(writers);
        await server.AssertWellAsync();
        Report($"{count} slow writers were cut off, {answered} others answered; RSS {before:0} -> {server.ResidentMemory:0} MiB");
        Assert.InRange(server.ResidentMemory, 0, before + AllowedGrowth);
    }

    [Fact]
    public async Task Streams_ThatNobodyReads_HoldNobodyUpAndEnd()
    {
        var count = SoakServer.Count(200, 2000);
        using var server = await SoakServer.StartAsync();
        using (await AskAsync(server))
        {
        }

        var before = server.ResidentMemory;
        var clients = new List<TcpClient>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await OpenAsync(server.Address, Request(Streamed(64))));
        }

        using (var answer = await AskAsync(server))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await server.IdleAsync();
        var idle = server.ResidentMemory;
        foreach (var client in clients)
        {
            Assert.Contains("data: [DONE]", await ReadUntilAsync(client, "data: [DONE]\n\n"), StringComparison.Ordinal);
            client.Dispose();
        }

        await server.AssertWellAsync();
        Report($"{count} streams that nobody read: RSS {before:0} -> {idle:0} -> {server.ResidentMemory:0} MiB");
        Assert.InRange(server.ResidentMemory, 0, before + AllowedGrowth);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sockets_HalfClosed_LeaveNothing(bool isHalf)
    {
        var count = SoakServer.Count(200, 2000);
        using var server = await SoakServer.StartAsync();
        for (var i = 0; i < count; i++)
        {
            using var client = await OpenAsync(server.Address, Request(Streamed(80)));
            if (isHalf)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }
            else
            {
                client.LingerState = new LingerOption(enable: true, 0);
            }
        }

        await server.AssertWellAsync();
    }

    [Fact]
    public async Task Requests_Cancelled_LeaveNothing()
    {
        var (count, seed) = (SoakServer.Count(300, 10_000), Environment.TickCount);
        using var server = await SoakServer.StartAsync();
        var before = 0.0;
        var cancelled = 0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            if (i == count / 10)
            {
                before = server.ResidentMemory;
            }

            using var gone = new CancellationTokenSource(new Random(seed + i).Next(0, 60));
            try
            {
                using var response = await server.Client.SendAsync(Message(Streamed(80)), HttpCompletionOption.ResponseHeadersRead, gone.Token);
                await response.Content.ReadAsStringAsync(gone.Token);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancelled);
            }
        });

        await server.AssertWellAsync();
        Report($"{cancelled} of {count} were cancelled: RSS {before:0} -> {server.ResidentMemory:0} MiB");
        Assert.InRange(cancelled, count / 4, count);
        Assert.InRange(server.ResidentMemory, 0, before + AllowedGrowth);
    }

    // Until the server has had enough.
    private static async Task DribbleAsync(Uri address, string beginning)
    {
        using var client = await OpenAsync(address, beginning);
        var stream = client.GetStream();
        var answer = ReadUntilAsync(client, "\0");
        while (!answer.IsCompleted)
        {
            try
            {
                await stream.WriteAsync("x"u8.ToArray(), TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(answer, Task.Delay(Pause, TestContext.Current.CancellationToken));
        }

        Assert.DoesNotContain(" 200 ", await answer, StringComparison.Ordinal);
    }

    private static async Task<TcpClient> OpenAsync(Uri address, string text)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<string> ReadUntilAsync(TcpClient client, string end)
    {
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (!text.ToString().Contains(end, StringComparison.Ordinal))
            {
                var count = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
                if (count == 0)
                {
                    break;
                }

                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // Cut off.
        }

        return text.ToString();
    }

    private static string Request(string body) =>
        $"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static HttpRequestMessage Message(string body)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = content };
    }

    private static Task<HttpResponseMessage> AskAsync(SoakServer server) =>
        server.Client.SendAsync(Message("""{"prompt": "a", "max_tokens": 4, "ignore_eos": true}"""), TestContext.Current.CancellationToken);

    private static void Report(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);
}
