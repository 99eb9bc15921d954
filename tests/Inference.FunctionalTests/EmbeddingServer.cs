using System.Net;
using System.Text;
using System.Text.Json;
using Inference.Execution.Embeddings;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Testing;
using Inference.Tokenization;
using Microsoft.AspNetCore.Builder;

namespace Inference.FunctionalTests;

/// <summary>A server with an embedding model, "all-minilm", and <see cref="Alphabet"/> beside it.</summary>
internal sealed class EmbeddingServer : IAsyncDisposable
{
    private static readonly Tokenizer MiniLmTokenizer = Tokenizer.Load(Path.Combine(RepositoryFiles.MiniLm, "tokenizer.json"));

    private readonly WebApplication _app;

    private EmbeddingServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="model">Null: all-MiniLM-L6-v2 itself.</param>
    /// <param name="options">Changes the options.</param>
    /// <param name="withDecoder">Whether there is a model that generates text, too.</param>
    public static async Task<EmbeddingServer> StartAsync(
        IEmbeddingModel? model = null, Func<ServerOptions, ServerOptions>? options = null, bool withDecoder = true)
    {
        var serverOptions = new ServerOptions { Port = 0, DataDir = "none" };
        serverOptions = options?.Invoke(serverOptions) ?? serverOptions;
        model ??= OnnxEmbeddingModel.Load(EmbeddingFolder.Read(RepositoryFiles.MiniLm), threads: 1, sharesCores: true);
        var embedder = new EmbedderModel
        {
            Names = ["all-minilm", "text-embedding-3-small"],
            Tokenizer = MiniLmTokenizer,
            MaxLength = model.MaxLength,
            Dimensions = model.Dimensions,
            LoadedAt = DateTimeOffset.UnixEpoch,
        };
        var decoders = withDecoder ? [RunningServer.Loaded(Alphabet.Executor(), serverOptions)] : Array.Empty<LoadedModel>();
        return new EmbeddingServer(
            await RunningServer.StartAsync(serverOptions, new LoadedModels([.. decoders], [new LoadedEmbedder(embedder, model, null, serverOptions)])));
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, CancellationToken? cancellation = null) => Client.PostAsync(
        path, new StringContent(json, Encoding.UTF8, "application/json"), cancellation ?? TestContext.Current.CancellationToken);

    /// <summary>The JSON of an answer that must be a success.</summary>
    public async Task<JsonElement> AskAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    /// <summary>The vectors of an answer of /v1/embeddings.</summary>
    public static float[][] VectorsOf(JsonElement answer) =>
        [.. answer.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray())];

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
