using System.Collections.Frozen;
using System.Net;
using System.Text;
using System.Text.Json;
using Inference.Engine;
using Inference.Engine.Execution;
using Inference.Server.Hosting;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Testing;
using Inference.Tokenization.ChatTemplates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Inference.FunctionalTests;

/// <summary>The real server on a free port of the loopback, with <see cref="Alphabet"/> for a model.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string ModelName = "alphabet";

    private const string Template =
        "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";

    private readonly WebApplication _app;

    private RunningServer(WebApplication app, ScriptedExecutor executor)
    {
        _app = app;
        Executor = executor;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public ScriptedExecutor Executor { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public InferenceEngine Engine => _app.Services.GetRequiredService<ModelRegistry>().Decoders[0].Engine;

    public static async Task<RunningServer> StartAsync(
        Func<ServerOptions, ServerOptions>? options = null,
        Func<ServedModel, ServedModel>? model = null,
        ScriptedExecutor? executor = null,
        TimeProvider? time = null)
    {
        executor ??= Alphabet.Executor();
        return new RunningServer(await StartAsync(executor, options, model, time), executor);
    }

    /// <summary>The server alone, with any executor.</summary>
    public static async Task<WebApplication> StartAsync(
        IModelExecutor executor,
        Func<ServerOptions, ServerOptions>? options,
        Func<ServedModel, ServedModel>? model,
        TimeProvider? time = null)
    {
        var serverOptions = new ServerOptions { Port = 0, DataDir = "none" };
        serverOptions = options?.Invoke(serverOptions) ?? serverOptions;
        var loaded = Loaded(executor, serverOptions);
        return await StartAsync(serverOptions, new LoadedModels([loaded with { Model = model?.Invoke(loaded.Model) ?? loaded.Model }], []), time);
    }

    /// <summary><see cref="Alphabet"/>, or what else an executor says with its tokenizer, under the name "alphabet".</summary>
    public static LoadedModel Loaded(IModelExecutor executor, ServerOptions options) => new(
        new ServedModel
        {
            Names = [ModelName],
            Tokenizer = Alphabet.Tokenizer,
            ChatTemplate = ChatTemplate.Parse(Template),
            EosTokenIds = new HashSet<int> { Alphabet.EosTokenId }.ToFrozenSet(),
            Limits = executor.Limits,
            LoadedAt = DateTimeOffset.UnixEpoch,
        },
        executor,
        options);

    /// <summary>The server alone, with any models.</summary>
    public static async Task<WebApplication> StartAsync(ServerOptions options, LoadedModels models, TimeProvider? time = null)
    {
        var app = ServerHost.Build(
            options,
            models,
            new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "None")]).Build(),
            time);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, HttpCompletionOption option = HttpCompletionOption.ResponseContentRead) =>
        Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") },
            option,
            TestContext.Current.CancellationToken);

    /// <summary>The JSON of an answer that must be a success.</summary>
    public async Task<JsonElement> AskAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    /// <summary>The events of a stream that must be a success, without the final [DONE], which must be there.</summary>
    public async Task<IReadOnlyList<JsonElement>> StreamAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return Events(body);
    }

    public static IReadOnlyList<JsonElement> Events(string body)
    {
        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, text => Assert.StartsWith("data: ", text, StringComparison.Ordinal));
        Assert.Equal("data: [DONE]", events[^1]);
        return [.. events[..^1].Select(text => JsonElement.Parse(text["data: ".Length..]))];
    }

    /// <summary>Waits until the engine has nothing left.</summary>
    public async Task IdleAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (Engine.Status is { Running: > 0 } or { Waiting: > 0 } or { BlocksUsed: > 0 })
        {
            await Task.Delay(10, limit.Token);
        }
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // A test that failed may have left a step held.
        Executor.Release();
        await _app.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(Executor.Violations);
    }
}
