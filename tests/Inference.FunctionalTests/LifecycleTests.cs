using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Inference.Engine;
using Inference.Engine.Execution;
using Inference.Engine.Requests;

namespace Inference.FunctionalTests;

public sealed class LifecycleTests
{
    private const string Completions = "/v1/completions";
    private const string Endless = """{"prompt": "A", "max_tokens": 200, "temperature": 0, "stream": true}""";

    [Fact]
    public async Task Stream_FirstToken_ArrivesBeforeTheSecondIsComputed()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        var pending = server.PostAsync(Completions, Endless, HttpCompletionOption.ResponseHeadersRead);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        server.Executor.ReleaseOne();

        using var response = await pending;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var first = await reader.ReadLineAsync(TestContext.Current.CancellationToken);

        Assert.Contains("\"text\":\"B\"", first, StringComparison.Ordinal);
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
        server.Executor.Release();
        await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disconnect_WhileRunning_FreesTheRequest(bool stream)
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        using var socket = await SendAsync(server, Endless.Replace("true", stream ? "true" : "false", StringComparison.Ordinal));
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        socket.Close();
        while (server.Engine.Status.Running > 0)
        {
            server.Executor.ReleaseOne();
            await Task.Delay(10, TestContext.Current.CancellationToken);
            Assert.True(server.Executor.Plans.Count < 200, "The request ran to its end although its client had gone.");
        }

        server.Executor.Release();
        await server.IdleAsync();
    }

    [Fact]
    public async Task Disconnect_OfOne_LeavesTheOthersAlone()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        var other = server.AskAsync(Completions, """{"prompt": "A", "max_tokens": 20, "temperature": 0}""");
        using (await SendAsync(server, Endless))
        {
            await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        }

        server.Executor.Release();

        Assert.Equal("BCDEFGHIJKLMNOPQRSTU", (await other).GetProperty("choices")[0].GetProperty("text").GetString());
        await server.IdleAsync();
    }

    [Fact]
    public async Task Queue_Full_Is429WithRetryAfter()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxQueueLength = 1, MaxNumSeqs = 1 });
        server.Executor.Hold();
        var running = server.PostAsync(Completions, Endless);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        Assert.Equal(SubmitOutcome.Accepted, server.Engine.TrySubmit(new InferenceRequest { RequestId = "waiting", PromptTokenIds = new[] { 5 }, MaxTokens = 1 }, out _));

        using var refused = await server.PostAsync(Completions, Endless);

        await ErrorTests.AssertErrorAsync(refused, 429, code: "queue_full");
        Assert.NotNull(refused.Headers.RetryAfter);
        server.Executor.Release();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        await server.IdleAsync();
    }

    [Fact]
    public async Task Queue_FullInTheMiddleOfSeveralChoices_RunsNone()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxQueueLength = 4, MaxNumSeqs = 1 });

        using var refused = await server.PostAsync(Completions, """{"prompt": "A", "n": 100, "max_tokens": 200, "ignore_eos": true}""");

        await ErrorTests.AssertErrorAsync(refused, 429, code: "queue_full");
        await server.IdleAsync();
    }

    [Fact]
    public async Task Stop_WhileStreaming_FinishesTheStreamAndRefusesOthers()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        var running = server.PostAsync(Completions, Endless);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        var stopping = server.StopAsync();
        while ((await server.Client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode == HttpStatusCode.OK)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await ErrorTests.AssertErrorAsync(await server.PostAsync(Completions, Endless), 503, code: "shutting_down");
        server.Executor.Release();
        var events = RunningServer.Events(await (await running).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await stopping;

        Assert.Equal(200, events.Sum(e => e.GetProperty("choices")[0].GetProperty("text").GetString()!.Length));
        Assert.Equal("length", events[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Stop_BeyondTheLimit_EndsTheStreamWithAnError()
    {
        await using var server = await RunningServer.StartAsync(options => options with { DrainTimeout = TimeSpan.Zero });
        server.Executor.Hold();
        var running = server.PostAsync(Completions, Endless, HttpCompletionOption.ResponseHeadersRead);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        server.Executor.ReleaseOne();
        using var response = await running;
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        var stopping = server.StopAsync();
        server.Executor.Release();
        var events = RunningServer.Events(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await stopping;

        Assert.Equal("shutting_down", events[^1].GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Executor_FailsAfterTheFirstToken_EndsTheRequestAndServesOn(bool stream)
    {
        await using var server = await RunningServer.StartAsync();
        var failAt = 1;
        server.Executor.FailWith = plan => plan.StepIndex == failAt ? new ExecutionException("secret detail") : null;
        server.Executor.Hold();
        var pending = server.PostAsync(Completions, Endless.Replace("true", stream ? "true" : "false", StringComparison.Ordinal), HttpCompletionOption.ResponseHeadersRead);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        server.Executor.ReleaseOne();
        if (stream)
        {
            await pending;
        }

        server.Executor.Release();
        using var response = await pending;
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var error = stream ? RunningServer.Events(body)[^1] : JsonElement.Parse(body);
        Assert.Equal(stream ? 200 : 500, (int)response.StatusCode);
        Assert.Equal("server_error", error.GetProperty("error").GetProperty("type").GetString());
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);

        server.Executor.FailWith = null;
        var answer = await server.AskAsync(Completions, """{"prompt": "w", "temperature": 0}""");
        Assert.Equal("xyz", answer.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Cache_TooSmallForTheModelsLength_BoundsPrompts()
    {
        var executor = Alphabet.Executor(maxModelLength: 256, blockCount: 2);
        await using var server = await RunningServer.StartAsync(executor: executor);

        using var response = await server.PostAsync(Completions, """{"prompt": "A", "max_tokens": 200}""");

        await ErrorTests.AssertErrorAsync(response, 400, "max_tokens", "context_length_exceeded");
    }

    private static async Task<Socket> SendAsync(RunningServer server, string json)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        var request = $"POST {Completions} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        return socket;
    }
}
