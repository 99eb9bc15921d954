using System.Net;
using System.Text.Json;
using Inference.Models;
using Inference.Server.Options;
using Inference.Server.Serving.Lora;
using Inference.Testing;
using Microsoft.AspNetCore.Builder;

namespace Inference.FunctionalTests;

/// <summary>Adapters over HTTP, without weights: a folder of any name is one, but those called "broken".</summary>
public sealed class LoraTests : IAsyncLifetime
{
    private const string Load = "/v1/load_lora_adapter";
    private const string Unload = "/v1/unload_lora_adapter";
    private const string Completions = "/v1/completions";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ScriptedExecutor _executor = Alphabet.Executor();
    private readonly Dictionary<string, TestAdapter> _adapters = [];
    private readonly TestAdapter _first = new();
    private readonly TemporaryFolder _folder = new();
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new ServerOptions { Port = 0, DataDir = "none", AllowRuntimeLoraUpdating = true, MaxLoras = 3 };
        var loaded = RunningServer.Loaded(_executor, options) with
        {
            Adapters = new ServedAdapters(Read, [new ServedAdapter("first", _first, DateTimeOffset.UnixEpoch)]),
        };
        _app = await RunningServer.StartAsync(options, new([loaded], []));
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync().AsTask().WaitAsync(Limit);
        _folder.Dispose();
        Assert.Empty(_executor.Violations);
        Assert.True(_first.IsFree);
        Assert.All(_adapters.Values, adapter => Assert.True(adapter.IsFree));
    }

    [Fact]
    public async Task Model_NamesAnAdapter_ItsTokensAreComputedWithIt()
    {
        foreach (var (path, body) in new[]
        {
            (Completions, """{"model": "first", "prompt": "a", "max_tokens": 2}"""),
            ("/v1/chat/completions", """{"model": "first", "messages": [{"role": "user", "content": "b"}], "max_tokens": 2}"""),
            ("/v1/responses", """{"model": "first", "input": "c", "max_output_tokens": 2, "store": false}"""),
        })
        {
            var before = _executor.Plans.Count;
            var answer = JsonElement.Parse(await PostAsync(path, body, HttpStatusCode.OK));
            Assert.Equal("first", answer.GetProperty("model").GetString());
            Assert.All(_executor.Plans.Skip(before), plan => Assert.Same(_first, plan.Sequences.Span[0].Adapter));
        }

        var plain = _executor.Plans.Count;
        await PostAsync(Completions, """{"model": "alphabet", "prompt": "a", "max_tokens": 2}""", HttpStatusCode.OK);
        await PostAsync(Completions, """{"prompt": "a", "max_tokens": 2}""", HttpStatusCode.OK);
        Assert.All(_executor.Plans.Skip(plain), plan => Assert.Null(plan.Sequences.Span[0].Adapter));
        await PostAsync("/tokenize", """{"model": "first", "prompt": "abc"}""", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Models_List_HasAdaptersWithTheirParent()
    {
        await LoadAsync("second");
        var list = await GetAsync("/v1/models");
        Assert.Equal(
            [("alphabet", null), ("first", "alphabet"), ("second", "alphabet")],
            list.GetProperty("data").EnumerateArray().Select(card =>
                (card.GetProperty("id").GetString(), card.TryGetProperty("parent", out var parent) ? parent.GetString() : null)));
        Assert.Equal("alphabet", (await GetAsync("/v1/models/second")).GetProperty("parent").GetString());
    }

    [Fact]
    public async Task LoadAndUnload_ANewAdapter_AnswersAsVllmDoesAndServesItInBetween()
    {
        Assert.Equal("Success: LoRA adapter 'second' added successfully.", await LoadAsync("second"));
        await PostAsync(Completions, """{"model": "second", "prompt": "a", "max_tokens": 2}""", HttpStatusCode.OK);
        Assert.Same(_adapters["second"], _executor.Plans[^1].Sequences.Span[0].Adapter);

        Assert.Equal("Success: LoRA adapter 'second' removed successfully.", await PostAsync(Unload, """{"lora_name": "second"}""", HttpStatusCode.OK));
        await _adapters["second"].Freed.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Contains("model_not_found", await PostAsync(Completions, """{"model": "second", "prompt": "a"}""", HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unload_WhileARequestRuns_LetsItEndBeforeTheMemoryGoes()
    {
        await LoadAsync("second");
        _executor.Hold();
        var answer = PostAsync(Completions, """{"model": "second", "prompt": "a", "max_tokens": 5, "temperature": 0}""", HttpStatusCode.OK);
        await _executor.StepHeldAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        await PostAsync(Unload, """{"lora_name": "second"}""", HttpStatusCode.OK);
        Assert.False(_adapters["second"].IsFree);

        _executor.Release();
        Assert.Equal("bcdef", JsonElement.Parse(await answer.WaitAsync(Limit, TestContext.Current.CancellationToken)).GetProperty("choices")[0].GetProperty("text").GetString());
        await _adapters["second"].Freed.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Load_InPlace_ReplacesTheAdapterAndItsPrefixes()
    {
        await LoadAsync("second");
        var old = _adapters["second"];
        var prompt = $$"""{"model": "second", "prompt": "{{new string('a', 40)}}", "max_tokens": 1}""";
        await PostAsync(Completions, prompt, HttpStatusCode.OK);
        await PostAsync(Completions, prompt, HttpStatusCode.OK);
        Assert.NotEqual(0, _executor.Plans[^1].Sequences.Span[0].PastLength);

        await PostAsync(Load, Body("second", inPlace: true), HttpStatusCode.OK);
        await old.Freed.WaitAsync(Limit, TestContext.Current.CancellationToken);
        await PostAsync(Completions, prompt, HttpStatusCode.OK);
        Assert.Equal(0, _executor.Plans[^1].Sequences.Span[0].PastLength);
    }

    [Fact]
    public async Task Load_WhatCannotBe_IsRefusedInWords()
    {
        await RefusedAsync(Load, "{}", 400, "lora_name", "Both 'lora_name' and 'lora_path' must be provided.");
        await RefusedAsync(Load, """{"lora_name": "x"}""", 400, "lora_path", "must be provided");
        await RefusedAsync(Load, """{"lora_name": 5, "lora_path": "y"}""", 400, "lora_name", "lora_name");
        await RefusedAsync(Load, Body("first"), 400, "lora_name", "The lora adapter 'first' has already been loaded.");
        await RefusedAsync(Load, Body("alphabet", inPlace: true), 400, "lora_name", "the name of a model");
        await RefusedAsync(Load, """{"lora_name": "x", "lora_path": "/no/such/folder"}""", 404, "lora_path", "No adapter found");
        await RefusedAsync(Load, """{"lora_name": "x", "lora_path": "a\u0000b"}""", 400, "lora_path", "plain text");
        await RefusedAsync(Load, JsonSerializer.Serialize(new { lora_name = new string('x', 257), lora_path = "y" }), 400, "lora_name", "at most 256");
        await RefusedAsync(Load, Body("broken"), 400, "lora_path", "is broken");
        await RefusedAsync(Load, """{"lora_name": "x", "lora_path": "y", "base_model_name": "nope"}""", 404, "model", "nope");
        await RefusedAsync(Unload, "{}", 400, "lora_name", "must be provided");
        await RefusedAsync(Unload, """{"lora_name": "alphabet"}""", 404, "lora_name", "The lora adapter 'alphabet' cannot be found.");

        await LoadAsync("second");
        await LoadAsync("third");
        await RefusedAsync(Load, Body("fourth"), 400, "lora_name", "--max-loras");
    }

    [Fact]
    public async Task Load_NotAllowed_IsNoAddress()
    {
        await using var server = await RunningServer.StartAsync();
        foreach (var path in new[] { Load, Unload })
        {
            using var response = await server.PostAsync(path, """{"lora_name": "x", "lora_path": "y"}""");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    private TestAdapter Read(string path)
    {
        if (Path.GetFileName(path) == "broken")
        {
            throw new ModelFormatException($"{path}: is broken");
        }

        return _adapters[Path.GetFileName(path)] = new TestAdapter();
    }

    private Task<string> LoadAsync(string name) => PostAsync(Load, Body(name), HttpStatusCode.OK);

    private string Body(string name, bool inPlace = false)
    {
        var path = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        return JsonSerializer.Serialize(new { lora_name = name, lora_path = path, load_inplace = inPlace });
    }

    private async Task RefusedAsync(string path, string body, int status, string param, string message)
    {
        var error = JsonElement.Parse(await PostAsync(path, body, (HttpStatusCode)status)).GetProperty("error");
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task<string> PostAsync(string path, string body, HttpStatusCode status)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(path, content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {answer}");
        return answer;
    }

    private async Task<JsonElement> GetAsync(string path) =>
        JsonElement.Parse(await _client.GetStringAsync(path, TestContext.Current.CancellationToken));
}
