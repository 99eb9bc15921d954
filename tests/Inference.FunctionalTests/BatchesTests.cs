using System.Text;
using System.Text.Json;
using Inference.Execution.Tests.Embeddings;
using Inference.FunctionalTests.OpenApi;
using Inference.Server.Batches;
using Inference.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Inference.FunctionalTests;

/// <summary>/v1/batches: from the file of requests to the files of results, whatever comes between.</summary>
public sealed class BatchesTests
{
    private const string Completions = "/v1/completions";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Batch_Lines_AreAnsweredAsOverHttp()
    {
        await using var server = await RunningServer.StartAsync();
        var input = string.Join('\n', [
            Line("a", Completions, """{"prompt": "A", "temperature": 0, "max_tokens": 3}"""),
            "",
            Line("bad", Completions, """{"prompt": "A", "temperature": 9}""") + "\r",
            Line("b", Completions, """{"prompt": "x", "temperature": 0}"""),
        ]);

        var batch = await RunAsync(server, input, Completions, "completed");

        OpenAiSchemas.AssertValid("Batch", batch);
        Assert.Equal((3, 2, 1), Counts(batch));
        var output = await LinesAsync(server, batch, "output_file_id");
        Assert.Equal(["a", "b"], output.Select(line => line.GetProperty("custom_id").GetString()));
        Assert.Equal(
            ["BCD", "yz"],
            output.Select(line => line.GetProperty("response").GetProperty("body").GetProperty("choices")[0].GetProperty("text").GetString()));
        var error = Assert.Single(await LinesAsync(server, batch, "error_file_id"));
        Assert.Equal(("bad", 400), (error.GetProperty("custom_id").GetString(), error.GetProperty("response").GetProperty("status_code").GetInt32()));
        Assert.Equal("temperature", error.GetProperty("response").GetProperty("body").GetProperty("error").GetProperty("param").GetString());
        Assert.Equal(
            (output.Sum(line => Tokens(line, "prompt_tokens")), output.Sum(line => Tokens(line, "completion_tokens"))),
            Usage(batch));
        await server.IdleAsync();
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"messages": [{"role": "user", "content": "hi"}], "temperature": 0, "max_tokens": 2}""", "CreateChatCompletionResponse")]
    [InlineData("/v1/responses", """{"input": "hi", "temperature": 0, "max_output_tokens": 2}""", "Response")]
    public async Task Batch_Endpoint_IsAnyOfThem(string endpoint, string body, string schema)
    {
        await using var server = await RunningServer.StartAsync();

        var batch = await RunAsync(server, Line("a", endpoint, body), endpoint, "completed");

        var line = Assert.Single(await LinesAsync(server, batch, "output_file_id"));
        OpenAiSchemas.AssertValid(schema, line.GetProperty("response").GetProperty("body"));
    }

    [Fact]
    public async Task Batch_Embeddings_AreVectorsWithTheirUsage()
    {
        await using var server = await EmbeddingServer.StartAsync();
        var lines = string.Join('\n', Enumerable.Range(0, 3).Select(i => Line($"{i}", "/v1/embeddings", """{"model": "all-minilm", "input": ["a cat", "a dog"]}""")));
        using var form = FilesTests.Form(Encoding.UTF8.GetBytes(lines), "input.jsonl", "batch");
        var file = await JsonAsync(await server.Client.PostAsync("/v1/files", form, TestContext.Current.CancellationToken));

        var created = await server.AskAsync(
            "/v1/batches", $$"""{"input_file_id": "{{file.GetProperty("id").GetString()}}", "endpoint": "/v1/embeddings", "completion_window": "24h"}""");
        var batch = await UntilAsync(server.Client, "/v1/batches/" + created.GetProperty("id").GetString(), value => value.GetProperty("status").GetString() == "completed");

        OpenAiSchemas.AssertValid("Batch", batch);
        Assert.Equal((3, 3, 0), Counts(batch));
        Assert.Equal((24, 0), Usage(batch));
        foreach (var line in await LinesAsync(server.Client, batch, "output_file_id"))
        {
            Assert.All(EmbeddingServer.VectorsOf(line.GetProperty("response").GetProperty("body")), vector => Assert.Equal(384, vector.Length));
        }
    }

    [Fact]
    public async Task Batch_HostileLines_AreErrorLinesAndTheOthersRun()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxBodySize = 10_000 });
        byte[] input =
        [
            .. Encoding.UTF8.GetBytes(string.Join('\n', [
                "{not json",
                "5",
                "null",
                """{"method": "POST", "url": "/v1/completions", "body": {}}""",
                """{"custom_id": "\ud800", "method": "POST", "url": "/v1/completions", "body": {}}""",
                """{"custom_id": "method", "method": "GET", "url": "/v1/completions", "body": {}}""",
                Line("url", "/v1/models", "{}"),
                Line("body", Completions, "5"),
                Line("stream", Completions, """{"prompt": "A", "stream": true}"""),
                Line("long", Completions, $$"""{"prompt": "{{new string('a', 20_000)}}"}"""),
                new string('[', 5000),
                Line("good", Completions, """{"prompt": "x", "temperature": 0}"""),
            ])),
            (byte)'\n', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)'\n',
        ];

        var batch = await RunAsync(server, input, Completions, "completed");

        Assert.Equal((13, 1, 12), Counts(batch));
        Assert.Equal("good", Assert.Single(await LinesAsync(server, batch, "output_file_id")).GetProperty("custom_id").GetString());
        var errors = await LinesAsync(server, batch, "error_file_id");
        Assert.Equal(
            ["invalid_json_line", "invalid_json_line", "missing_required_parameter", "missing_required_parameter", "invalid_json_line", "invalid_method",
                "invalid_url", "missing_required_parameter", "invalid_request", "line_too_long", "invalid_json_line", "invalid_json_line"],
            errors.Select(line => line.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(
            ["method", "url", "body", "stream"],
            errors.Select(line => line.GetProperty("custom_id").GetString()).OfType<string>());
    }

    [Theory]
    [InlineData("", "empty_file", null)]
    [InlineData("\n\r\n\n", "empty_file", null)]
    [InlineData("DUPLICATE", "duplicate_custom_id", 2)]
    [InlineData("nonsense", "invalid_json_line", 1)]
    public async Task Batch_InputThatCannotRun_Fails(string input, string code, int? line)
    {
        await using var server = await RunningServer.StartAsync();
        var same = Line("a", Completions, """{"prompt": "A"}""");

        var batch = await RunAsync(server, input == "DUPLICATE" ? same + "\n" + same : input, Completions, "failed");

        OpenAiSchemas.AssertValid("Batch", batch);
        var error = batch.GetProperty("errors").GetProperty("data")[0];
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(line, error.GetProperty("line").ValueKind == JsonValueKind.Null ? null : error.GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Batch_Cancelled_TellsWhatHasNotRun()
    {
        await using var server = await RunningServer.StartAsync(options => options with { BatchConcurrency = 1 });
        server.Executor.Hold();
        var created = await CreateAsync(server, Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 5).Select(i => Line($"{i}", Completions, """{"prompt": "x"}""")))), Completions);
        var path = "/v1/batches/" + created.GetProperty("id").GetString();
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        var cancelling = await server.AskAsync(path + "/cancel", "");
        server.Executor.Release();
        var cancelled = await UntilAsync(server, path, "cancelled");
        var again = await server.AskAsync(path + "/cancel", "");

        OpenAiSchemas.AssertValid("Batch", cancelling);
        OpenAiSchemas.AssertValid("Batch", cancelled);
        Assert.Contains(cancelling.GetProperty("status").GetString(), new[] { "cancelling", "cancelled" });
        Assert.Equal("cancelled", again.GetProperty("status").GetString());
        var errors = await LinesAsync(server, cancelled, "error_file_id");
        Assert.Contains(errors, line => line.GetProperty("error").GetProperty("code").GetString() == "batch_cancelled");
        await server.IdleAsync();
    }

    [Fact]
    public async Task Batch_BesideOthers_OnlyGetsWhatTheyLeave()
    {
        await using var server = await RunningServer.StartAsync(options => options with { BatchConcurrency = 2 });
        server.Executor.Hold();
        var people = Enumerable.Range(0, 2).Select(_ => server.PostAsync(Completions, """{"prompt": "Z", "max_tokens": 20, "ignore_eos": true}""")).ToList();
        await StepUntilAsync(server, () => server.Engine.Status.Running == 2);
        var created = await CreateAsync(server, Encoding.UTF8.GetBytes(Line("a", Completions, """{"prompt": "x", "max_tokens": 1}""")), Completions);
        var path = "/v1/batches/" + created.GetProperty("id").GetString();
        await UntilAsync(server, path, "in_progress");

        // Steps go by, and nothing of the batch is in them.
        for (var i = 0; i < 5; i++)
        {
            server.Executor.ReleaseOne();
            await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
            Assert.Equal(2, server.Engine.Status.Running + server.Engine.Status.Waiting);
        }

        server.Executor.Release();
        await UntilAsync(server, path, "completed");
        foreach (var answer in people)
        {
            using var response = await answer;
            Assert.True(response.IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task Gate_BesideEmbeddings_OpensWhenTheyLeaveRoom()
    {
        var model = new ScriptedEmbeddingModel();
        await using var server = await EmbeddingServer.StartAsync(model, options => options with { BatchConcurrency = 1 });
        var gate = server.Services.GetRequiredService<BatchGate>();
        model.Hold();
        var people = server.AskAsync("/v1/embeddings", """{"input": ["a", "b"]}""");
        await model.TextHeldAsync(TestContext.Current.CancellationToken);

        // Whether there is room is looked at before the first wait.
        var entering = gate.EnterAsync(TestContext.Current.CancellationToken);
        var isWaiting = !entering.IsCompleted;
        model.Release();

        Assert.True(isWaiting);
        await entering.WaitAsync(Limit, TestContext.Current.CancellationToken);
        gate.Leave();
        await people.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task List_Pages_AreTheLatestFirst()
    {
        await using var server = await RunningServer.StartAsync();
        var ids = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            ids.Insert(0, (await RunAsync(server, Line("a", Completions, """{"prompt": "x"}"""), Completions, "completed")).GetProperty("id").GetString());
        }

        var first = await GetAsync(server, "/v1/batches?limit=2");
        var second = await GetAsync(server, $"/v1/batches?after={first.GetProperty("last_id").GetString()}");

        OpenAiSchemas.AssertValid("ListBatchesResponse", first);
        Assert.Equal(ids, first.GetProperty("data").EnumerateArray().Concat(second.GetProperty("data").EnumerateArray()).Select(batch => batch.GetProperty("id").GetString()));
    }

    [Theory]
    [InlineData("""{"endpoint": "/v1/completions", "completion_window": "24h"}""", 400, "input_file_id")]
    [InlineData("""{"input_file_id": "file-1", "endpoint": "/v1/completions", "completion_window": "24h"}""", 404, "input_file_id")]
    [InlineData("""{"input_file_id": "OTHER", "endpoint": "/v1/completions", "completion_window": "24h"}""", 400, "input_file_id")]
    [InlineData("""{"input_file_id": "file-1", "endpoint": "/v1/models", "completion_window": "24h"}""", 400, "endpoint")]
    [InlineData("""{"input_file_id": "file-1", "endpoint": "/v1/completions", "completion_window": "1h"}""", 400, "completion_window")]
    public async Task Create_WrongBody_NamesTheField(string body, int status, string param)
    {
        await using var server = await RunningServer.StartAsync();
        var other = await FilesTests.UploadAsync(server, [1], "a", "assistants");

        using var response = await server.PostAsync("/v1/batches", body.Replace("OTHER", other.GetProperty("id").GetString(), StringComparison.Ordinal));

        await ErrorTests.AssertErrorAsync(response, status, param);
    }

    [Fact]
    public async Task Kill_DuringABatch_NoLineIsLostOrThereTwice()
    {
        using var folder = new TemporaryFolder();
        const int count = 60;
        string[] arguments =
        [
            "--model", RepositoryFiles.ZooLlama, "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "64MiB", "--port", "0",
            "--served-model-name", "tiny", "--data-dir", folder.Path, "--batch-concurrency", "2",
        ];
        var input = string.Join('\n', Enumerable.Range(0, count).Select(i => Line($"line {i}", Completions, """{"prompt": "a", "max_tokens": 100, "ignore_eos": true, "temperature": 0}""")));
        string path;
        int before;
        using (var server = ServerExecutable.Start(arguments))
        {
            using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
            using var form = FilesTests.Form(Encoding.UTF8.GetBytes(input), "input.jsonl", "batch");
            var file = await JsonAsync(await client.PostAsync("/v1/files", form, TestContext.Current.CancellationToken));
            using var content = new StringContent(
                $$"""{"input_file_id": "{{file.GetProperty("id").GetString()}}", "endpoint": "/v1/completions", "completion_window": "24h"}""", Encoding.UTF8, "application/json");
            path = "/v1/batches/" + (await JsonAsync(await client.PostAsync("/v1/batches", content, TestContext.Current.CancellationToken))).GetProperty("id").GetString();
            before = Counts(await UntilAsync(client, path, batch => Counts(batch).Completed >= 5)).Completed;
            await server.SignalAsync("KILL");
            await server.ExitCodeAsync();
        }

        using var second = ServerExecutable.Start(arguments);
        using var again = new HttpClient { BaseAddress = await second.ReadyAsync() };
        var resumed = Counts(await UntilAsync(again, path, _ => true));
        var done = await UntilAsync(again, path, batch => batch.GetProperty("status").GetString() == "completed");
        var output = await again.GetStringAsync($"/v1/files/{done.GetProperty("output_file_id").GetString()}/content", TestContext.Current.CancellationToken);

        Assert.InRange(before, 5, count - 1);
        Assert.InRange(resumed.Completed, before, count);
        Assert.Equal((count, count, 0), Counts(done));
        Assert.Equal(
            Enumerable.Range(0, count).Select(i => $"line {i}"),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("custom_id").GetString()));
    }

    private static string Line(string id, string url, string body) => $$"""{"custom_id": "{{id}}", "method": "POST", "url": "{{url}}", "body": {{body}}}""";

    private static (int Total, int Completed, int Failed) Counts(JsonElement batch)
    {
        var counts = batch.GetProperty("request_counts");
        return (counts.GetProperty("total").GetInt32(), counts.GetProperty("completed").GetInt32(), counts.GetProperty("failed").GetInt32());
    }

    private static Task<JsonElement> RunAsync(RunningServer server, string input, string endpoint, string status) =>
        RunAsync(server, Encoding.UTF8.GetBytes(input), endpoint, status);

    private static async Task<JsonElement> RunAsync(RunningServer server, byte[] input, string endpoint, string status)
    {
        var created = await CreateAsync(server, input, endpoint);
        OpenAiSchemas.AssertValid("Batch", created);
        return await UntilAsync(server, "/v1/batches/" + created.GetProperty("id").GetString(), status);
    }

    private static async Task<JsonElement> CreateAsync(RunningServer server, byte[] input, string endpoint)
    {
        var file = await FilesTests.UploadAsync(server, input, "input.jsonl", "batch");
        return await server.AskAsync(
            "/v1/batches", $$"""{"input_file_id": "{{file.GetProperty("id").GetString()}}", "endpoint": "{{endpoint}}", "completion_window": "24h", "metadata": {"a": "b"} }""");
    }

    private static long Tokens(JsonElement line, string name) =>
        line.GetProperty("response").GetProperty("body").GetProperty("usage").GetProperty(name).GetInt64();

    private static (long Input, long Output) Usage(JsonElement batch)
    {
        var usage = batch.GetProperty("usage");
        return (usage.GetProperty("input_tokens").GetInt64(), usage.GetProperty("output_tokens").GetInt64());
    }

    private static Task<List<JsonElement>> LinesAsync(RunningServer server, JsonElement batch, string field) => LinesAsync(server.Client, batch, field);

    private static async Task<List<JsonElement>> LinesAsync(HttpClient client, JsonElement batch, string field)
    {
        var content = await client.GetStringAsync($"/v1/files/{batch.GetProperty(field).GetString()}/content", TestContext.Current.CancellationToken);
        return [.. content.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private static Task<JsonElement> UntilAsync(RunningServer server, string path, string status) =>
        UntilAsync(server.Client, path, batch => batch.GetProperty("status").GetString() == status);

    private static async Task<JsonElement> UntilAsync(HttpClient client, string path, Func<JsonElement, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            var value = JsonElement.Parse(await client.GetStringAsync(path, limit.Token));
            if (condition(value))
            {
                return value;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task StepUntilAsync(RunningServer server, Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        await server.Executor.StepHeldAsync(limit.Token);
        while (!condition())
        {
            server.Executor.ReleaseOne();
            await server.Executor.StepHeldAsync(limit.Token);
            await Task.Delay(10, limit.Token);
        }
    }

    private static async Task<JsonElement> GetAsync(RunningServer server, string path) =>
        JsonElement.Parse(await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken));

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, body);
            return JsonElement.Parse(body);
        }
    }
}
