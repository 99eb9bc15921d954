using BenchmarkDotNet.Environments;
using Inference.Benchmarks.Steps;

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

    public static async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(string.Join('\n', HostEnvironmentInfo.GetCurrent().ToFormattedString()));
        await using var server = await BenchmarkServer.StartAsync(output);

        await output.WriteLineAsync("\n| requests | HTTP, tokens/s | in process, tokens/s | ratio |\n|---|--:|--:|--:|");
        foreach (var load in Loads)
        {
            var http = new Measurement(load.Name, load.GeneratedTokens, new HttpLoad(load, server.EndPoint).RunAsync);
            var inProcess = new Measurement(load.Name, load.GeneratedTokens, () => load.RunAsync(server.Loaded.Executor));
            await Measurement.InterleaveAsync([http, inProcess], WarmUps, Rounds);
            var (served, direct) = (http.TokensPerSecond, inProcess.TokensPerSecond);
            await output.WriteLineAsync($"| {load.Name} | {served:0} | {direct:0} | {served / direct:0.000} |");
        }
    }
}
