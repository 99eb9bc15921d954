using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Inference.FunctionalTests.OpenApi;

namespace Inference.FunctionalTests;

/// <summary>/v1/files against OpenAI's schemas.</summary>
public sealed class FilesTests
{
    private const string Path = "/v1/files";

    [Fact]
    public async Task Upload_File_IsKeptToTheByteUntilItIsDeleted()
    {
        await using var server = await RunningServer.StartAsync();
        byte[] content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31))];

        var file = await UploadAsync(server, content, "grüße.jsonl", "user_data");
        var path = $"{Path}/{file.GetProperty("id").GetString()}";
        var fetched = JsonElement.Parse(await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken));
        var bytes = await server.Client.GetByteArrayAsync(path + "/content", TestContext.Current.CancellationToken);
        using var deleted = await server.Client.DeleteAsync(path, TestContext.Current.CancellationToken);
        using var gone = await server.Client.GetAsync(path + "/content", TestContext.Current.CancellationToken);

        OpenAiSchemas.AssertValid("OpenAIFile", file);
        Assert.True(JsonElement.DeepEquals(file, fetched));
        Assert.Equal(("grüße.jsonl", 300_000), (file.GetProperty("filename").GetString(), file.GetProperty("bytes").GetInt32()));
        Assert.Equal(content, bytes);
        OpenAiSchemas.AssertValid("DeleteFileResponse", JsonElement.Parse(await deleted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        await ErrorTests.AssertErrorAsync(gone, 404, code: "not_found");
    }

    [Fact]
    public async Task List_Pages_GiveEveryFileOnce()
    {
        await using var server = await RunningServer.StartAsync();
        var ids = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await UploadAsync(server, [1], "a", i == 2 ? "batch" : "assistants")).GetProperty("id").GetString());
        }

        var first = await GetAsync(server, Path + "?limit=2&order=asc");
        var second = await GetAsync(server, $"{Path}?order=asc&after={first.GetProperty("last_id").GetString()}");
        var batch = await GetAsync(server, Path + "?purpose=batch");

        OpenAiSchemas.AssertValid("ListFilesResponse", first);
        Assert.Equal((true, false), (first.GetProperty("has_more").GetBoolean(), second.GetProperty("has_more").GetBoolean()));
        Assert.Equal(ids, first.GetProperty("data").EnumerateArray().Concat(second.GetProperty("data").EnumerateArray()).Select(file => file.GetProperty("id").GetString()));
        Assert.Equal(ids[2], Assert.Single(batch.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Files_OtherKey_AreNotThere()
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["key-1", "key-2"] });
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "key-1");
        var id = (await UploadAsync(server, [1], "a", "batch")).GetProperty("id").GetString();
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "key-2");

        using var fetched = await server.Client.GetAsync($"{Path}/{id}/content", TestContext.Current.CancellationToken);
        using var deleted = await server.Client.DeleteAsync($"{Path}/{id}", TestContext.Current.CancellationToken);
        using var batch = await server.PostAsync("/v1/batches", $$"""{"input_file_id": "{{id}}", "endpoint": "/v1/completions", "completion_window": "24h"}""");

        await ErrorTests.AssertErrorAsync(fetched, 404);
        await ErrorTests.AssertErrorAsync(deleted, 404);
        await ErrorTests.AssertErrorAsync(batch, 404, "input_file_id");
        Assert.Empty((await GetAsync(server, Path)).GetProperty("data").EnumerateArray());
    }

    [Theory]
    [InlineData("nonsense", "a", 10, 400, "purpose")]
    [InlineData(null, "a", 10, 400, "purpose")]
    [InlineData("batch", "", 10, 400, "file")]
    [InlineData("batch", null, 10, 400, "file")]
    [InlineData("batch", "a", 2000, 413, "file")]
    public async Task Upload_Wrong_IsAnErrorAndLeavesNothing(string? purpose, string? filename, int length, int status, string param)
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.StartAsync(options => options with { DataDir = folder.Path, MaxFileSize = 1000 });
        using var form = new MultipartFormDataContent();
        if (filename is not null)
        {
            var file = new ByteArrayContent(new byte[length]);
            file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileName = filename.Length > 0 ? filename : null };
            form.Add(file);
        }

        if (purpose is not null)
        {
            form.Add(new StringContent(purpose), "purpose");
        }

        using var response = await server.Client.PostAsync(Path, form, TestContext.Current.CancellationToken);

        await ErrorTests.AssertErrorAsync(response, status, param);
        var files = System.IO.Path.Combine(folder.Path, "files");
        Assert.True(!Directory.Exists(files) || Directory.GetFiles(files).Length == 0);
    }

    [Theory]
    [InlineData("application/json", "{}", 415)]
    [InlineData("multipart/form-data", "x", 400)]
    [InlineData("multipart/form-data; boundary=b", "", 400)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--", 400)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nno end", 400)]
    public async Task Upload_NoForm_IsAnError(string type, string body, int status)
    {
        await using var server = await RunningServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        using var response = await server.Client.PostAsync(Path, content, TestContext.Current.CancellationToken);

        await ErrorTests.AssertErrorAsync(response, status);
    }

    [Fact]
    public async Task Upload_MoreThanMayBeStored_Is413()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxStoredFiles = 1000 });
        await UploadAsync(server, new byte[900], "a", "batch");
        using var form = Form(new byte[200], "b", "batch");

        using var response = await server.Client.PostAsync(Path, form, TestContext.Current.CancellationToken);

        await ErrorTests.AssertErrorAsync(response, 413, "file");
    }

    [Fact]
    public async Task Start_LeftOverFiles_AreDeleted()
    {
        using var folder = new TemporaryFolder();
        string? id;
        await using (var server = await RunningServer.StartAsync(options => options with { DataDir = folder.Path }))
        {
            id = (await UploadAsync(server, [1, 2], "a", "batch")).GetProperty("id").GetString();
        }

        var files = System.IO.Path.Combine(folder.Path, "files");
        await File.WriteAllTextAsync(System.IO.Path.Combine(files, "file-1.tmp"), "half", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(files, "file-2"), "unknown", TestContext.Current.CancellationToken);
        await using var restarted = await RunningServer.StartAsync(options => options with { DataDir = folder.Path });

        Assert.Equal([1, 2], await restarted.Client.GetByteArrayAsync($"{Path}/{id}/content", TestContext.Current.CancellationToken));
        Assert.Equal(id, System.IO.Path.GetFileName(Assert.Single(Directory.GetFiles(files))));
    }

    internal static async Task<JsonElement> UploadAsync(RunningServer server, byte[] content, string filename, string purpose)
    {
        using var form = Form(content, filename, purpose);
        using var response = await server.Client.PostAsync(Path, form, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        return JsonElement.Parse(body);
    }

    internal static MultipartFormDataContent Form(byte[] content, string filename, string purpose) => new()
    {
        { new StringContent(purpose), "purpose" },
        { new ByteArrayContent(content), "file", filename },
    };

    private static async Task<JsonElement> GetAsync(RunningServer server, string path) =>
        JsonElement.Parse(await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken));
}
