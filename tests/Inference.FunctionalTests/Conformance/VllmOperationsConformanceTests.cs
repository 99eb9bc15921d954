using System.Net;
using System.Text;
using System.Text.Json;
using Inference.FunctionalTests.OpenApi;

namespace Inference.FunctionalTests.Conformance;

/// <summary>
/// What vLLM's tests pin about running the server: its points on errors, the end of the server, health, ids of requests and batches. A full queue is
/// 429, as for OpenAI, not 503.
/// </summary>
public sealed class VllmOperationsConformanceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Completions = "/v1/completions";
    private const string Chat = "/v1/chat/completions";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private RunningServer Server => shared.Server;

    [Fact]
    public async Task Models_AllAndOne_AreAsSpecified()
    {
        var list = JsonElement.Parse(await Server.Client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken));
        var one = JsonElement.Parse(await Server.Client.GetStringAsync($"/v1/models/{RunningServer.ModelName}", TestContext.Current.CancellationToken));

        OpenAiSchemas.AssertValid("ListModelsResponse", list);
        OpenAiSchemas.AssertValid("Model", one);
        Assert.Equal(one.GetRawText(), Assert.Single(list.GetProperty("data").EnumerateArray()).GetRawText());
        Assert.Equal(256, one.GetProperty("max_model_len").GetInt32());
    }

    [Fact]
    public async Task Point09_UnknownModel_Is404()
    {
        using var asked = await Server.PostAsync(Completions, """{"model": "nope", "prompt": "A"}""");
        using var fetched = await Server.Client.GetAsync("/v1/models/nope", TestContext.Current.CancellationToken);

        await ErrorTests.AssertErrorAsync(asked, 404, "model", "model_not_found");
        await ErrorTests.AssertErrorAsync(fetched, 404, "model", "model_not_found");
    }

    [Fact]
    public async Task Point09_ThousandsOfErrors_AreOneShortMessageWithoutTheInput()
    {
        var messages = string.Join(',', Enumerable.Repeat("""{"role": "user", "content": {"hidden": 1}}""", 5000));

        using var response = await Server.PostAsync(Chat, $$"""{"messages": [{{messages}}]}""");

        var error = await ErrorTests.AssertErrorAsync(response, 400, "messages[0].content");
        Assert.DoesNotContain("hidden", error.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Point09_FullQueue_SaysWhenToComeAgain()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxQueueLength = 4, MaxNumSeqs = 1 });

        using var refused = await server.PostAsync(Completions, """{"prompt": "A", "n": 100, "max_tokens": 200, "ignore_eos": true}""");

        await ErrorTests.AssertErrorAsync(refused, 429, code: "queue_full");
        Assert.NotNull(refused.Headers.RetryAfter);
        await server.IdleAsync();
    }

    [Fact]
    public async Task Point09_Failure_TellsNothingOfTheInside()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.FailWith = _ => new InvalidOperationException("/secret/path at 0x1234");

        using var failed = await server.PostAsync(Completions, """{"prompt": "A"}""");

        var error = await ErrorTests.AssertErrorAsync(failed, 500);
        Assert.DoesNotContain("secret", error.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Point14_DeadEngine_IsToldByHealth()
    {
        await using var server = await RunningServer.StartAsync();
        await server.Engine.DisposeAsync();

        using var health = await server.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        using var refused = await server.PostAsync(Completions, """{"prompt": "A"}""");

        await ErrorTests.AssertErrorAsync(health, 503, "model", "engine_failed");
        await ErrorTests.AssertErrorAsync(refused, 503, "model", "engine_failed");
    }

    [Fact]
    public async Task Point14_Stop_EndsWhatRunsAndRefusesWhatComes()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        var running = server.AskAsync(Completions, """{"prompt": "A", "max_tokens": 5, "temperature": 0}""");
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        var stopping = server.StopAsync();
        await UntilAsync(async () => await StatusAsync(server, "/health") == HttpStatusCode.ServiceUnavailable);
        using var refused = await server.PostAsync(Completions, """{"prompt": "A"}""");
        server.Executor.Release();

        await ErrorTests.AssertErrorAsync(refused, 503, code: "shutting_down");
        Assert.Equal("BCDEF", (await running.WaitAsync(Limit, TestContext.Current.CancellationToken)).GetProperty("choices")[0].GetProperty("text").GetString());
        await stopping.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Point14_RequestId_IsEchoed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Completions) { Content = Json("""{"prompt": "A", "max_tokens": 1}""") };
        request.Headers.Add("X-Request-Id", "mine-1");

        using var response = await Server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("mine-1", Assert.Single(response.Headers.GetValues("X-Request-Id")));
    }

    [Fact]
    public async Task Point14_SilentStream_ShowsSignsOfLifeAndLosesNothing()
    {
        await using var server = await RunningServer.StartAsync(options => options with { SseKeepAlive = TimeSpan.FromMilliseconds(20) });
        server.Executor.Hold();

        using var response = await server.PostAsync(Completions, """{"prompt": "w", "temperature": 0, "stream": true}""", HttpCompletionOption.ResponseHeadersRead);
        server.Executor.Release();
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith(": keep-alive\n\n", body, StringComparison.Ordinal);
        var events = RunningServer.Events(body.Replace(": keep-alive\n\n", "", StringComparison.Ordinal));
        Assert.Equal("xyz", string.Concat(events.Select(e => e.GetProperty("choices")[0].GetProperty("text").GetString())));
    }

    [Fact]
    public async Task Point15_Batch_AnswersLinesAsTheirEndpointDoes()
    {
        const string body = """{"prompt": "A", "max_tokens": 3, "temperature": 0}""";
        var alone = await Server.AskAsync(Completions, body);
        var line = $$"""{"custom_id": "a", "method": "POST", "url": "/v1/completions", "body": {{body}}}""";
        var file = await FilesTests.UploadAsync(Server, Encoding.UTF8.GetBytes(line), "input.jsonl", "batch");

        var batch = await Server.AskAsync(
            "/v1/batches", $$"""{"input_file_id": "{{file.GetProperty("id").GetString()}}", "endpoint": "/v1/completions", "completion_window": "24h"}""");
        var path = "/v1/batches/" + batch.GetProperty("id").GetString();
        await UntilAsync(async () =>
        {
            batch = JsonElement.Parse(await Server.Client.GetStringAsync(path, TestContext.Current.CancellationToken));
            return batch.GetProperty("status").GetString() == "completed";
        });
        var output = await Server.Client.GetStringAsync($"/v1/files/{batch.GetProperty("output_file_id").GetString()}/content", TestContext.Current.CancellationToken);

        Assert.Equal(
            alone.GetProperty("choices").GetRawText(), JsonElement.Parse(output).GetProperty("response").GetProperty("body").GetProperty("choices").GetRawText());
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, string path)
    {
        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
