using System.Net;
using System.Text;
using System.Text.Json;
using Inference.FunctionalTests.OpenApi;
using Microsoft.Extensions.Time.Testing;

namespace Inference.FunctionalTests;

/// <summary>What has had its time: batches after their window, files and responses after their lifetime.</summary>
public sealed class ExpiryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Batch_After24Hours_IsExpiredAndTellsWhatHasNotRun()
    {
        await using var server = await RunningServer.StartAsync(options => options with { BatchConcurrency = 1 }, time: _time);
        server.Executor.Hold();
        var lines = string.Join('\n', Enumerable.Range(0, 3)
            .Select(i => $$$"""{"custom_id": "{{{i}}}", "method": "POST", "url": "/v1/completions", "body": {"prompt": "x"}}"""));
        var file = await FilesTests.UploadAsync(server, Encoding.UTF8.GetBytes(lines), "input.jsonl", "batch");
        var batch = await server.AskAsync(
            "/v1/batches", $$"""{"input_file_id": "{{Id(file)}}", "endpoint": "/v1/completions", "completion_window": "24h"}""");
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        var before = await JsonAsync(server, "/v1/batches/" + Id(batch));
        _time.Advance(TimeSpan.FromSeconds(1));
        server.Executor.Release();
        var after = await UntilAsync(server, "/v1/batches/" + Id(batch), value => value.GetProperty("status").GetString() is not ("in_progress" or "finalizing"));

        Assert.Equal("in_progress", before.GetProperty("status").GetString());
        OpenAiSchemas.AssertValid("Batch", after);
        Assert.Equal("expired", after.GetProperty("status").GetString());
        Assert.Equal(batch.GetProperty("created_at").GetInt64() + 86_400, after.GetProperty("expired_at").GetInt64());
        var errors = await server.Client.GetStringAsync(
            $"/v1/files/{after.GetProperty("error_file_id").GetString()}/content", TestContext.Current.CancellationToken);
        Assert.Contains("\"code\":\"batch_expired\"", errors, StringComparison.Ordinal);
        Assert.Contains("\"custom_id\":\"2\"", errors, StringComparison.Ordinal);
        await server.IdleAsync();
    }

    [Fact]
    public async Task File_AfterItsLifetime_IsNeitherFoundNorListedNorKept()
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.StartAsync(options => options with { DataDir = folder.Path }, time: _time);
        using var form = FilesTests.Form([1], "a", "user_data");
        form.Add(new StringContent("created_at"), "expires_after[anchor]");
        form.Add(new StringContent("3600"), "expires_after[seconds]");
        using var response = await server.Client.PostAsync("/v1/files", form, TestContext.Current.CancellationToken);
        var file = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var kept = await FilesTests.UploadAsync(server, [2], "b", "user_data");

        _time.Advance(TimeSpan.FromSeconds(3599));
        var before = await StatusAsync(server, "/v1/files/" + Id(file));
        _time.Advance(TimeSpan.FromSeconds(1));
        var after = await StatusAsync(server, "/v1/files/" + Id(file));
        var list = await JsonAsync(server, "/v1/files");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (before, after));
        Assert.Equal(Id(kept), Id(Assert.Single(list.GetProperty("data").EnumerateArray())));
        _time.Advance(TimeSpan.FromHours(1));
        await EventuallyAsync(() => Task.FromResult(Directory.GetFiles(Path.Combine(folder.Path, "files")).Length == 1));
    }

    [Fact]
    public async Task Response_AfterItsRetention_IsGone()
    {
        await using var server = await RunningServer.StartAsync(options => options with { ResponseRetention = TimeSpan.FromHours(24) }, time: _time);
        var response = await server.AskAsync("/v1/responses", """{"input": "hi", "max_output_tokens": 2}""");
        var path = "/v1/responses/" + Id(response);

        _time.Advance(TimeSpan.FromHours(23));
        var before = await StatusAsync(server, path);
        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(HttpStatusCode.OK, before);
        await EventuallyAsync(async () => await StatusAsync(server, path) == HttpStatusCode.NotFound);
    }

    private static string? Id(JsonElement value) => value.GetProperty("id").GetString();

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, string path)
    {
        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<JsonElement> JsonAsync(RunningServer server, string path) =>
        JsonElement.Parse(await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken));

    private static async Task<JsonElement> UntilAsync(RunningServer server, string path, Func<JsonElement, bool> condition)
    {
        var value = await JsonAsync(server, path);
        await EventuallyAsync(async () => condition(value = await JsonAsync(server, path)));
        return value;
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
