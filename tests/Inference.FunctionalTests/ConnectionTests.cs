using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Inference.FunctionalTests;

public sealed class ConnectionTests
{
    [Fact]
    public async Task Models_ListAndSingle_AreTheSame()
    {
        await using var server = await RunningServer.StartAsync(model: model => model with { Names = ["org/a", "b"] });

        var list = await GetAsync(server, "/v1/models");
        var one = await GetAsync(server, "/v1/models/org/a");

        Assert.Equal(
            """{"data":[{"id":"org/a","created":0,"root":"org/a","max_model_len":256,"object":"model","owned_by":"inference"},{"id":"b","created":0,"root":"org/a","max_model_len":256,"object":"model","owned_by":"inference"}],"object":"list"}""",
            list);
        Assert.Contains(one, list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_HealthVersionMetrics_Answer()
    {
        await using var server = await RunningServer.StartAsync();
        await server.AskAsync("/v1/completions", """{"prompt": "w", "temperature": 0}""");
        using var failed = await server.PostAsync("/v1/completions", "{}");

        Assert.Equal("", await GetAsync(server, "/health"));
        Assert.Matches("""^\{"version":"\d+\.\d+\.\d+"\}$""", await GetAsync(server, "/version"));
        await server.IdleAsync();
        var metrics = await GetAsync(server, "/metrics");

        Assert.Contains("http_requests_total{method=\"POST\",handler=\"/v1/completions\",status=\"2xx\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("http_requests_total{method=\"POST\",handler=\"/v1/completions\",status=\"4xx\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:prompt_tokens_total{engine=\"0\",model_name=\"alphabet\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:generation_tokens_total{engine=\"0\",model_name=\"alphabet\"} 4\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:request_success_total{engine=\"0\",model_name=\"alphabet\",finished_reason=\"stop\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:num_requests_running{engine=\"0\",model_name=\"alphabet\"} 0\n", metrics, StringComparison.Ordinal);
        AssertEverySampleHasHelpAndType(metrics);
    }

    [Fact]
    public async Task Metrics_AnswerEndsAtAStopString_CountsAsStopped()
    {
        await using var server = await RunningServer.StartAsync();

        // Step by step: the engine would be through with its 200 tokens before it hears of the stop string.
        server.Executor.Hold();
        var asking = server.AskAsync("/v1/completions", """{"prompt": "A", "max_tokens": 200, "ignore_eos": true, "temperature": 0, "stop": "CD"}""");
        while (!asking.IsCompleted)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            server.Executor.ReleaseOne();
        }

        await asking;
        server.Executor.Release();
        const string Stopped = "vllm:request_success_total{engine=\"0\",model_name=\"alphabet\",finished_reason=\"stop\"} 1\n";

        // The answer is whole before the engine hears that the request is to end.
        var metrics = "";
        for (var attempt = 0; attempt < 500 && !metrics.Contains(Stopped, StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            metrics = await GetAsync(server, "/metrics");
        }

        Assert.Contains(Stopped, metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("abort", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestId_WhenUsable_ComesBackAndNamesTheAnswer()
    {
        await using var server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent("""{"prompt": "w", "temperature": 0}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Request-Id", "trace-1");

        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("trace-1", Assert.Single(response.Headers.GetValues("X-Request-Id")));
        Assert.Contains("\"id\":\"cmpl-trace-1\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bad id\"<>")]
    [InlineData("")]
    public async Task RequestId_WhenNotUsable_IsReplaced(string id)
    {
        await using var server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.TryAddWithoutValidation("X-Request-Id", id);

        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(response.Headers.GetValues("X-Request-Id")));
    }

    [Fact]
    public async Task HeadAndOptions_Answer_WithoutBody()
    {
        await using var server = await RunningServer.StartAsync();

        using var head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/v1/models"), TestContext.Current.CancellationToken);
        using var options = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/v1/completions"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("application/json", head.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
        Assert.Equal(["POST", "OPTIONS"], options.Content.Headers.Allow);
    }

    [Fact]
    public async Task KeepAlive_OneConnection_CarriesErrorsStreamsAndAnswers()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);

        foreach (var (body, status, end) in new[]
        {
            ("{}", "400", "}}"),
            ("""{"prompt": "w", "temperature": 0, "stream": true}""", "200", "data: [DONE]"),
            ("""{"prompt": "w", "temperature": 0}""", "200", "\"completion_tokens\":4,\"total_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0}}}"),
        })
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
                TestContext.Current.CancellationToken);

            Assert.StartsWith($"HTTP/1.1 {status}", await ReadUntilAsync(reader, "\r\n\r\n"), StringComparison.Ordinal);
            await ReadUntilAsync(reader, end);
            if (end == "data: [DONE]")
            {
                await ReadUntilAsync(reader, "0\r\n\r\n");
            }
        }
    }

    [Fact]
    public async Task SlowReader_OfAStream_HoldsNobodyUp()
    {
        await using var server = await RunningServer.StartAsync();
        using var slow = await server.PostAsync(
            "/v1/completions", """{"prompt": "A", "n": 64, "max_tokens": 250, "temperature": 0, "stream": true}""", HttpCompletionOption.ResponseHeadersRead);

        // Nothing of the slow answer is read; the engine finishes it and serves others meanwhile.
        var answer = await server.AskAsync("/v1/completions", """{"prompt": "w", "temperature": 0}""");
        await server.IdleAsync();

        Assert.Equal("xyz", answer.GetProperty("choices")[0].GetProperty("text").GetString());
        var events = RunningServer.Events(await slow.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(64 * 250, events.Sum(e => e.GetProperty("choices")[0].GetProperty("text").GetString()!.Length));
    }

    [Fact]
    public async Task Body_CutOff_DisturbsNobody()
    {
        await using var server = await RunningServer.StartAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"prompt\": "u8.ToArray(),
                TestContext.Current.CancellationToken);
        }

        var answer = await server.AskAsync("/v1/completions", """{"prompt": "w", "temperature": 0}""");

        Assert.Equal("xyz", answer.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Body_BrokenChunks_Is400()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"u8.ToArray(),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"invalid_request_error\"", answer, StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(RunningServer server, string path)
    {
        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> ReadUntilAsync(StreamReader reader, string end)
    {
        var text = new StringBuilder();
        var next = new char[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            Assert.Equal(1, await reader.ReadAsync(next, TestContext.Current.CancellationToken));
            text.Append(next[0]);
        }

        return text.ToString();
    }

    private static void AssertEverySampleHasHelpAndType(string metrics)
    {
        string? family = null;
        foreach (var line in metrics.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
            }
            else if (!line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.StartsWith(family!, line, StringComparison.Ordinal);
            }
        }
    }
}
