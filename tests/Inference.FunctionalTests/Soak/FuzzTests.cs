using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Inference.FunctionalTests.Soak;

/// <summary>Requests that are nearly right: each is answered or refused, none breaks anything.</summary>
public sealed class FuzzTests
{
    private const int InFlight = 16;

    // The collector gives memory back when it sees fit, and each size of batch has its buffers: a leak of 10 KiB a request would be far above.
    private const double AllowedGrowth = 300;

    [Fact]
    public async Task Requests_Mutated_AreAnsweredOrRefused()
    {
        var (count, seed) = (SoakServer.Count(1500, 100_000), Environment.TickCount & 0xFFFFFFF);
        using var server = await SoakServer.StartAsync("--max-num-seqs", "32");
        var statuses = new int[600];
        var before = 0.0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancellation) =>
        {
            if (i == count / 10)
            {
                before = server.ResidentMemory;
            }

            Interlocked.Increment(ref statuses[await SendAsync(server, seed + i, cancellation)]);
        });

        await server.AssertWellAsync();
        var after = server.ResidentMemory;
        Report($"seed {seed}: {string.Join(", ", Enumerable.Range(0, 600).Where(status => statuses[status] > 0).Select(status => $"{status}: {statuses[status]}"))}; RSS {before:0} -> {after:0} MiB");
        Assert.InRange(statuses[200], count / 10, count * 9 / 10);
        Assert.InRange(after, 0, before + AllowedGrowth);
    }

    [Theory]
    [InlineData("/v1/completions")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    public async Task Batch_OfMutatedRequests_HasAResultForEachLine(string endpoint)
    {
        var (count, seed) = (SoakServer.Count(200, 5000), Environment.TickCount & 0xFFFFFFF);
        Report($"seed {seed}");
        using var server = await SoakServer.StartAsync("--max-num-seqs", "32");
        using var form = FilesTests.Form(Lines(endpoint, seed, count), "input.jsonl", "batch");
        var file = await JsonAsync(await server.Client.PostAsync("/v1/files", form, TestContext.Current.CancellationToken));
        using var content = new StringContent(
            $$"""{"input_file_id": "{{file.GetProperty("id").GetString()}}", "endpoint": "{{endpoint}}", "completion_window": "24h"}""", Encoding.UTF8, "application/json");
        var batch = await JsonAsync(await server.Client.PostAsync("/v1/batches", content, TestContext.Current.CancellationToken));

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(SoakServer.IsLong ? TimeSpan.FromMinutes(8) : TimeSpan.FromMinutes(2));
        var path = "/v1/batches/" + batch.GetProperty("id").GetString();
        while (batch.GetProperty("status").GetString() is not ("completed" or "failed"))
        {
            await Task.Delay(50, limit.Token);
            batch = JsonElement.Parse(await server.Client.GetStringAsync(path, limit.Token));
        }

        Assert.Equal("completed", batch.GetProperty("status").GetString());
        var counts = batch.GetProperty("request_counts");
        var (total, completed, failed) = (counts.GetProperty("total").GetInt32(), counts.GetProperty("completed").GetInt32(), counts.GetProperty("failed").GetInt32());
        Assert.InRange(total, count, int.MaxValue);
        Assert.Equal(total, completed + failed);
        Assert.InRange(completed, 1, total - 1);
        foreach (var (field, lines) in new[] { ("output_file_id", completed), ("error_file_id", failed) })
        {
            var results = (await server.Client.GetStringAsync($"/v1/files/{batch.GetProperty(field).GetString()}/content", limit.Token))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(lines, results.Length);
            Assert.DoesNotContain(results, result => result.Contains("\"status_code\":500", StringComparison.Ordinal));
        }

        await server.AssertWellAsync();
    }

    [Fact]
    public async Task Connections_OfSpoiltBytes_AreAnsweredOrClosed()
    {
        var (count, seed) = (SoakServer.Count(200, 5000), Environment.TickCount & 0xFFFFFFF);
        using var server = await SoakServer.StartAsync();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancellation) =>
        {
            var request = Encoding.ASCII.GetBytes(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Request-Id: a\r\nX-Request-Deadline-Ms: 500\r\nContent-Length: 34\r\n\r\n{\"prompt\": \"abc\", \"max_tokens\": 2}");
            var random = new Random(seed + i);
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                request[random.Next(request.Length)] = (byte)random.Next(256);
            }

            using var client = new TcpClient();
            await client.ConnectAsync(server.Address.Host, server.Address.Port, cancellation);
            var answer = await ExchangeAsync(client, request, cancellation);
            Assert.False(answer.Contains(" 500 ", StringComparison.Ordinal), $"seed {seed + i}: {answer}");
        });

        await server.AssertWellAsync();
    }

    private static byte[] Lines(string endpoint, int seed, int count)
    {
        using var lines = new MemoryStream();
        for (var i = 0; i < count; i++)
        {
            lines.Write(Encoding.UTF8.GetBytes($"{{\"custom_id\": \"{i}\", \"method\": \"POST\", \"url\": \"{endpoint}\", \"body\": "));
            lines.Write(new RequestMutator(seed + i).Next(endpoint));
            lines.Write("}\n"u8);
        }

        return lines.ToArray();
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, body);
            return JsonElement.Parse(body);
        }
    }

    private static async Task<int> SendAsync(SoakServer server, int seed, CancellationToken cancellation)
    {
        var (path, body) = new RequestMutator(seed).Next();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await server.Client.PostAsync(path, content, cancellation);
        var answer = await response.Content.ReadAsStringAsync(cancellation);

        var isExpected = response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests or HttpStatusCode.GatewayTimeout;
        if (!isExpected || answer.Contains("\"server_error\"", StringComparison.Ordinal) != (response.StatusCode == HttpStatusCode.GatewayTimeout))
        {
            // What it says of that comes on its own way.
            await Task.Delay(1000, cancellation);
            Assert.Fail($"seed {seed}: {path} {Encoding.UTF8.GetString(body)}\n{(int)response.StatusCode}: {answer}\n{string.Join('\n', server.Errors)}");
        }

        return (int)response.StatusCode;
    }

    private static async Task<string> ExchangeAsync(TcpClient client, byte[] request, CancellationToken cancellation)
    {
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(request, cancellation);

            // Nothing more will come from here: the server must not wait for it for ever.
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Closed at once.
            return "";
        }
    }

    private static void Report(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);
}
