using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Inference.FunctionalTests;

/// <summary>Two decoders in one server: "small" says the alphabet up to 64 tokens, "large" up to 256.</summary>
public sealed class SeveralModelsTests : IAsyncLifetime
{
    private const string Completions = "/v1/completions";

    private readonly ScriptedExecutor _small = Alphabet.Executor(maxModelLength: 64);
    private readonly ScriptedExecutor _large = Alphabet.Executor();
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new ServerOptions { Port = 0, DataDir = "none", EnableDebugEndpoints = true };
        _app = await RunningServer.StartAsync(options, new LoadedModels([Loaded("small", _small, options), Loaded("large", _large, options)], []));
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        Assert.True(_small.IsDisposed && _large.IsDisposed);
        Assert.Empty(_small.Violations.Concat(_large.Violations));
    }

    [Fact]
    public async Task Model_OfARequest_ChoosesTheEngine()
    {
        Assert.Equal("bcd", TextOf(await AskAsync("large", "a", 3)));
        Assert.Empty(_small.Plans);

        Assert.Equal("bcd", TextOf(await AskAsync("small", "a", 3)));
        Assert.NotEmpty(_small.Plans);
    }

    [Fact]
    public async Task Model_NotNamed_IsTheFirst()
    {
        using var response = await _client.PostAsJsonAsync(Completions, new { prompt = "a", max_tokens = 3 }, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal("small", answer.GetProperty("model").GetString());
        Assert.Empty(_large.Plans);
    }

    [Fact]
    public async Task Model_Unknown_Is404EverywhereABodyNamesOne()
    {
        foreach (var path in new[] { Completions, "/v1/chat/completions", "/tokenize", "/detokenize" })
        {
            using var response = await _client.PostAsJsonAsync(path, new { model = "nope", prompt = "a" }, TestContext.Current.CancellationToken);
            await ErrorTests.AssertErrorAsync(response, 404, "model", "model_not_found");
        }
    }

    [Fact]
    public async Task Models_List_HasBothWithTheirLimits()
    {
        var list = await _client.GetFromJsonAsync<JsonElement>("/v1/models", TestContext.Current.CancellationToken);

        Assert.Equal(
            [("small", 64), ("large", 256)],
            list.GetProperty("data").EnumerateArray().Select(card => (card.GetProperty("id").GetString()!, card.GetProperty("max_model_len").GetInt32())));
    }

    [Fact]
    public async Task Limits_AreEachModelsOwn()
    {
        using var tooLong = await PostAsync("small", "a", 100);
        await ErrorTests.AssertErrorAsync(tooLong, 400, "max_tokens", "context_length_exceeded");

        Assert.Equal(100, (await AskAsync("large", "A", 100)).GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Requests_OfBothAtOnce_AnswerAsAlone()
    {
        string[] prompts = ["a", "c", "e", "K", "Q", "m"];
        var alone = new List<string>();
        foreach (var prompt in prompts)
        {
            alone.Add(TextOf(await AskAsync("large", prompt, 20)));
        }

        var together = await Task.WhenAll(prompts.SelectMany(prompt => new[] { AskAsync("large", prompt, 20), AskAsync("small", prompt, 20, "y") }));

        Assert.Equal(alone, together.Where((_, index) => index % 2 == 0).Select(TextOf));
        Assert.Equal(alone, together.Where((_, index) => index % 2 == 1).Select(TextOf));
    }

    [Fact]
    public async Task Metrics_HaveASeriesForEachModel()
    {
        await AskAsync("large", "a", 5);

        var text = await _client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Contains("vllm:generation_tokens_total{engine=\"0\",model_name=\"large\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("vllm:num_requests_running{engine=\"0\",model_name=\"small\"} 0\n", text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n'), line => line == "# TYPE vllm:num_requests_running gauge");
    }

    [Fact]
    public async Task Debug_OfAModel_TellsItsSteps()
    {
        await AskAsync("large", "a", 3);

        var large = await _client.GetFromJsonAsync<JsonElement>("/debug/engine?model=large", TestContext.Current.CancellationToken);
        var first = await _client.GetFromJsonAsync<JsonElement>("/debug/engine", TestContext.Current.CancellationToken);

        Assert.Equal(3, large.GetProperty("steps").GetArrayLength());
        Assert.Equal(0, first.GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task Engine_ThatHasEnded_LeavesTheOtherAlone()
    {
        await Registry.Decoders[0].Engine.DisposeAsync();

        using var refused = await PostAsync("small", "a", 3);
        await ErrorTests.AssertErrorAsync(refused, 503, "model", "engine_failed");
        Assert.Equal("bcd", TextOf(await AskAsync("large", "a", 3)));

        // Of use to send requests to, but only a new start mends it.
        using var ready = await _client.GetAsync("/ready", TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)ready.StatusCode);
        using var health = await _client.GetAsync("/health", TestContext.Current.CancellationToken);
        await ErrorTests.AssertErrorAsync(health, 503, "model", "engine_failed");
    }

    [Fact]
    public async Task Stop_DrainsBoth()
    {
        _small.Hold();
        _large.Hold();
        var answers = new[] { AskAsync("small", "a", 5), AskAsync("large", "a", 5) };
        await Task.WhenAll(_small.StepHeldAsync(TestContext.Current.CancellationToken), _large.StepHeldAsync(TestContext.Current.CancellationToken));

        var stop = _app.StopAsync(TestContext.Current.CancellationToken);
        _small.Release();
        _large.Release();
        await stop;

        Assert.Equal(["bcdef", "bcdef"], (await Task.WhenAll(answers)).Select(TextOf));
    }

    [Fact]
    public async Task Serve_OneModelUnderTwoNames_AnswersAsAlone()
    {
        string[] prompts = ["a", "hello", "x y", "The"];
        var alone = await AnswersAsync(["alone=" + RepositoryFiles.ZooLlama], prompts.Select(prompt => ("alone", prompt)));

        var together = await AnswersAsync(
            ["first=" + RepositoryFiles.ZooLlama, $"second={RepositoryFiles.ZooLlama},block-size=32,max-num-seqs=2"],
            prompts.SelectMany(prompt => new[] { ("first", prompt), ("second", prompt) }));

        Assert.Equal(alone.SelectMany(text => new[] { text, text }), together);
    }

    [Fact]
    public async Task Serve_SeveralModels_DivideTheCacheMemory()
    {
        var llama = RepositoryFiles.ZooLlama + ",dtype=float32";
        using var server = ServerExecutable.Start(
        [
            "--port", "0", "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "1600KiB",
            "--model", "one=" + llama, "--model", "two=" + llama, "--model", $"own={llama},kv-cache-memory=320KiB", "--model", "embed=" + RepositoryFiles.MiniLm,
        ]);
        await server.ReadyAsync();

        // A block of 16 tokens takes 16 KiB: 1600 KiB divided by two, 320 KiB for the one that says so, nothing for the one without a cache.
        Assert.Equal(
            [
                "one: KV cache: 800 tokens, 1.56 requests of 512 at once",
                "two: KV cache: 800 tokens, 1.56 requests of 512 at once",
                "own: KV cache: 320 tokens, 0.63 requests of 512 at once",
                "embed: Embeddings: 384 dimensions, texts of 256 tokens at most",
            ],
            server.Output.Where(line => line.Contains(": ", StringComparison.Ordinal) && !line.StartsWith("curl", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Serve_DecoderAndEmbedderAtOnce_AnswerAsAlone()
    {
        using var server = ServerExecutable.Start(
        [
            "--port", "0", "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "64MiB",
            "--model", "llama=" + RepositoryFiles.ZooLlama, "--model", RepositoryFiles.MiniLm,
        ]);
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
        var (text, vector) = (await GenerateAsync(), await EmbedAsync());

        var together = await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(_ => new[] { GenerateAsync(), EmbedAsync() }));

        Assert.All(together, (answer, index) => Assert.Equal(index % 2 == 0 ? text : vector, answer));

        async Task<string> GenerateAsync() => TextOf(await PostAsync(Completions, new { model = "llama", prompt = "hello", max_tokens = 40, temperature = 0, ignore_eos = true }));

        async Task<string> EmbedAsync() => (await PostAsync("/v1/embeddings", new { model = "all-minilm-l6-v2", input = "hello" })).GetProperty("data").GetRawText();

        async Task<JsonElement> PostAsync(string path, object body)
        {
            using var response = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
            return await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Serve_EmbeddingModelAlone_ShowsACommandThatWorks()
    {
        using var server = ServerExecutable.Start(["--port", "0", "--model", "mini=" + RepositoryFiles.MiniLm]);
        await server.ReadyAsync();

        var curl = server.Output.Single(line => line.StartsWith("curl ", StringComparison.Ordinal));
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", curl + " --silent"]) { RedirectStandardOutput = true })!;
        var answer = JsonElement.Parse(await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));

        Assert.Equal(384, answer.GetProperty("data")[0].GetProperty("embedding").GetArrayLength());
        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.ExitCodeAsync());
    }

    [Fact]
    public async Task Start_TwoModelsOfOneName_IsRefused()
    {
        using var server = ServerExecutable.Start(["--model", RepositoryFiles.ZooLlama, "--model", RepositoryFiles.ZooLlama]);

        Assert.Equal(2, await server.ExitCodeAsync());
        Assert.Equal(["inference: --model: two models are called 'llama'; give each a name of its own: --model NAME=PATH"], server.Errors);
    }

    private ModelRegistry Registry => _app.Services.GetRequiredService<ModelRegistry>();

    private static LoadedModel Loaded(string name, ScriptedExecutor executor, ServerOptions options)
    {
        var loaded = RunningServer.Loaded(executor, options);
        return loaded with { Model = loaded.Model with { Names = [name] } };
    }

    private static async Task<ImmutableArray<string>> AnswersAsync(string[] models, IEnumerable<(string Model, string Prompt)> questions)
    {
        using var server = ServerExecutable.Start(
            ["--port", "0", "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "64MiB", .. models.SelectMany(model => new[] { "--model", model })]);
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
        var answers = await Task.WhenAll(questions.Select(async question =>
        {
            using var response = await client.PostAsJsonAsync(
                Completions,
                new { model = question.Model, prompt = question.Prompt, max_tokens = 60, temperature = 0, ignore_eos = true },
                TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            return TextOf(await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
        }));
        Assert.Contains(server.Output, line => line.StartsWith("Serving " + string.Join(", ", models.Select(model => model.Split('=')[0])), StringComparison.Ordinal));
        return [.. answers];
    }

    private static string TextOf(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("text").GetString()!;

    private Task<HttpResponseMessage> PostAsync(string model, string prompt, int maxTokens, string? salt = null) => _client.PostAsJsonAsync(
        Completions, new { model, prompt, max_tokens = maxTokens, temperature = 0, cache_salt = salt }, TestContext.Current.CancellationToken);

    private async Task<JsonElement> AskAsync(string model, string prompt, int maxTokens, string? salt = null)
    {
        using var response = await PostAsync(model, prompt, maxTokens, salt);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonElement.Parse(body);
    }
}
