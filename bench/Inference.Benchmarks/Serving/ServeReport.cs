using System.Net;
using BenchmarkDotNet.Environments;
using Inference.Benchmarks.Steps;
using Inference.Server.Hosting;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Testing;
using Microsoft.Extensions.Configuration;

namespace Inference.Benchmarks.Serving;

/// <summary>
/// What HTTP costs: the same requests over a loopback connection to the server, and straight through <c>InferenceEngine</c>, in turn, on
/// one model in one process. Printed as Markdown.
/// </summary>
internal static class ServeReport
{
    private const int WarmUps = 1;
    private const int Rounds = 5;

    private static readonly EngineLoad[] Loads =
    [
        new(32, PromptLength: 32, OutputLength: 128), new(32, PromptLength: 256, OutputLength: 32), new(1, PromptLength: 32, OutputLength: 128),
    ];

    private static IConfiguration Quiet =>
        new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "Warning")]).Build();

    public static async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(string.Join('\n', HostEnvironmentInfo.GetCurrent().ToFormattedString()));
        var options = new ServerOptions { Port = 0, Model = RepositoryFiles.SmolLm2, CacheDir = RepositoryFiles.ConversionCache };
        using var progress = new ConsoleProgress(output, isInteractive: false);
        var loaded = ModelLoader.Load(options, progress, TimeProvider.System);
        await using var app = ServerHost.Build(options, loaded, Quiet);
        await app.StartAsync();
        var server = new IPEndPoint(IPAddress.Loopback, new Uri(app.Urls.First()).Port);

        await output.WriteLineAsync("\n| requests | HTTP, tokens/s | in process, tokens/s | ratio |\n|---|--:|--:|--:|");
        foreach (var load in Loads)
        {
            var http = new Measurement(load.Name, load.GeneratedTokens, new HttpLoad(load, server).RunAsync);
            var inProcess = new Measurement(load.Name, load.GeneratedTokens, () => load.RunAsync(loaded.Executor));
            await Measurement.InterleaveAsync([http, inProcess], WarmUps, Rounds);
            var (served, direct) = (http.TokensPerSecond, inProcess.TokensPerSecond);
            await output.WriteLineAsync($"| {load.Name} | {served:0} | {direct:0} | {served / direct:0.000} |");
        }
    }
}
