using System.Diagnostics;
using BenchmarkDotNet.Environments;
using Inference.Engine.Scheduling;
using Inference.Server.Options;
using Inference.Testing;

namespace Inference.Benchmarks.Serving;

/// <summary>
/// Rolling against dynamic batching, in the settings that were published for Large Model Inference containers: dynamic with batches of 4 and
/// a delay of 100 ms; rolling with 32 requests and 1024 tokens of prompts, on contiguous and on paged allocation. Clients that send one
/// request after another; the servers are loaded in turn, round after round.
/// </summary>
internal static class RollingReport
{
    private const int Clients = 32;
    private const int RequestsPerClient = 2;
    private const int WarmUps = 1;
    private const int Rounds = 3;

    private static readonly (string Name, Func<ServerOptions, ServerOptions> Change)[] Variants =
    [
        ("dynamic, batch_size 4, 100 ms", options => Sized(options) with { Batching = BatchingMode.Dynamic, BatchSize = 4 }),
        ("rolling 32, contiguous", options => Sized(options) with { Allocation = CacheAllocation.Contiguous }),
        ("rolling 32, contiguous, exclusive prefill",
            options => Sized(options) with { Allocation = CacheAllocation.Contiguous, Prefill = PrefillMode.Exclusive }),
        ("rolling 32, paged", Sized),
    ];

    private static readonly (int Prompt, int Output)[] Scenarios = [(32, 128), (256, 32)];

    public static async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(string.Join('\n', HostEnvironmentInfo.GetCurrent().ToFormattedString()));
        var servers = new List<BenchmarkServer>();
        foreach (var (_, change) in Variants)
            servers.Add(await BenchmarkServer.StartAsync(output, change));

        await output.WriteLineAsync("\n| in / out | batching | tokens/s | over dynamic | p50 / p90 of a request, s |\n|--:|---|--:|--:|--:|");
        foreach (var (prompt, length) in Scenarios)
            await PrintAsync(output, servers, prompt, length);
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    private static ServerOptions Sized(ServerOptions options) => options with { MaxNumSeqs = 32, MaxNumBatchedTokens = 1024 };

    private static async Task PrintAsync(TextWriter output, List<BenchmarkServer> servers, int prompt, int length)
    {
        var rates = servers.Select(_ => new List<double>()).ToArray();
        var latencies = servers.Select(_ => new List<double>()).ToArray();
        for (var round = -WarmUps; round < Rounds; round++)
        {
            for (var i = 0; i < servers.Count; i++)
            {
                var (seconds, requests) = await LoadAsync(servers[i], prompt, length, round);
                if (round < 0)
                    continue;
                rates[i].Add(requests.Length * length / seconds);
                latencies[i].AddRange(requests);
            }
        }

        var dynamic = Share(rates[0], .5);
        for (var i = 0; i < servers.Count; i++)
        {
            var rate = Share(rates[i], .5);
            await output.WriteLineAsync(
                $"| {prompt} / {length} | {Variants[i].Name} | {rate:0} | {rate / dynamic:0.00} | {Share(latencies[i], .5) / 1000:0.00} / {Share(latencies[i], .9) / 1000:0.00} |");
        }
    }

    /// <returns>The seconds that all took, and the milliseconds of each.</returns>
    private static async Task<(double Seconds, double[] Requests)> LoadAsync(BenchmarkServer server, int prompt, int length, int round)
    {
        using var client = new StreamClient(server.Address);
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async index =>
        {
            var own = new double[RequestsPerClient];
            for (var i = 0; i < own.Length; i++)
                own[i] = (await client.AskAsync("/v1/completions", Body(prompt, length, ((round + WarmUps) * Clients + index) * RequestsPerClient + i))).TotalMilliseconds;
            return own;
        }));
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, [.. all.SelectMany(own => own)]);
    }

    /// <summary>A prompt that begins like no other.</summary>
    internal static string Body(int promptLength, int outputLength, int seed)
    {
        int[] tokens = [1000 + seed, .. TestRequest.Prompt(promptLength - 1, seed)];
        return
            $$"""
            {"prompt": [{{string.Join(',', tokens)}}], "max_tokens": {{outputLength}}, "temperature": 0, "ignore_eos": true,
             "stream": true, "stream_options": {"include_usage": true} }
            """;
    }

    private static double Share(List<double> values, double share) => values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);
}
