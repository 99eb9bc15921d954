using System.Net;
using Inference.Server.Hosting;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Inference.Benchmarks.Serving;

/// <summary>The server in this process, with the default model, on a free port. An idle one takes no time from another.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    /// <summary>Several are up at once, each with a cache of its own.</summary>
    private const long CacheBytes = 512L << 20;

    private static readonly IConfiguration Quiet =
        new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "Warning")]).Build();

    private readonly WebApplication _app;

    private BenchmarkServer(LoadedModel loaded, WebApplication app)
    {
        Loaded = loaded;
        _app = app;
        Address = new Uri(app.Urls.First());
    }

    public LoadedModel Loaded { get; }

    public Uri Address { get; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Address.Port);

    public static async Task<BenchmarkServer> StartAsync(TextWriter output, Func<ServerOptions, ServerOptions>? change = null)
    {
        var options = new ServerOptions
        {
            Host = "127.0.0.1", Port = 0, Model = RepositoryFiles.SmolLm2, CacheDir = RepositoryFiles.ConversionCache, KvCacheMemory = CacheBytes,
        };
        options = change?.Invoke(options) ?? options;
        using var progress = new ConsoleProgress(output, isInteractive: false);
        var models = ModelLoader.LoadAll(options, progress, TimeProvider.System);
        var app = ServerHost.Build(options, models, Quiet);
        await app.StartAsync();
        return new BenchmarkServer(models.Decoders[0], app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
