using System.Diagnostics;
using BenchmarkDotNet.Environments;
using Inference.Testing;

namespace Inference.Benchmarks.Serving;

/// <summary>
/// What a long prompt does to those that run, on the real server, against --max-num-batched-tokens: the simulation's <c>latency</c>,
/// measured. Gaps are those of the running requests while the prompt is computed.
/// </summary>
internal static class LatencyReport
{
    private const int Running = 16;
    private const int LongPrompt = 4096;
    private const int WarmUps = 1;
    private const int Rounds = 3;
    private static readonly int[] Budgets = [32, 64, 128, 256, 512, 1024, 4096];

    public static async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(string.Join('\n', HostEnvironmentInfo.GetCurrent().ToFormattedString()));
        await output.WriteLineAsync("\n| max_num_batched_tokens | ITL ms: p50 / p99 / max | TTFT of the prompt, s |\n|--:|--:|--:|");
        foreach (var budget in Budgets)
        {
            await using var server = await BenchmarkServer.StartAsync(
                TextWriter.Null, options => options with { MaxNumBatchedTokens = budget, MaxNumSeqs = Math.Min(256, budget) });
            var (gaps, firsts) = (new List<double>(), new List<double>());
            for (var round = -WarmUps; round < Rounds; round++)
            {
                var (own, first) = await MeasureAsync(server, budget, round + WarmUps);
                if (round < 0)
                    continue;
                gaps.AddRange(own);
                firsts.Add(first);
            }

            double Share(double share) => gaps.Order().ElementAt((int)Math.Ceiling(share * gaps.Count) - 1);
            await output.WriteLineAsync($"| {budget} | {Share(.5):0} / {Share(.99):0} / {Share(1):0} | {firsts.Order().ElementAt(Rounds / 2) / 1000:0.00} |");
        }
    }

    private static async Task<(IReadOnlyList<double> Gaps, double FirstToken)> MeasureAsync(BenchmarkServer server, int budget, int round)
    {
        using var client = new StreamClient(server.Address);
        // Each step of the prompt's brings each of the others a token: they must have enough to go.
        var length = 64 + 2 * (LongPrompt / (budget - Running) + 1);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tokens = 0;
        var others = Enumerable.Range(0, Running).Select(index => client.AskAsync(
            "/v1/completions",
            Body(32, length, round * (Running + 1) + index),
            () =>
            {
                if (Interlocked.Increment(ref tokens) == 8 * Running)
                    begun.TrySetResult();
            })).ToArray();
        await begun.Task;
        var sent = Stopwatch.GetTimestamp();
        var late = await client.AskAsync("/v1/completions", Body(LongPrompt, 1, round * (Running + 1) + Running));
        var answers = await Task.WhenAll(others);
        return ([.. answers.SelectMany(answer => answer.GapsBetween(sent, late.Times[0]))], late.FirstTokenMilliseconds);
    }

    // A prompt that begins like no other of its run.
    private static string Body(int promptLength, int outputLength, int seed)
    {
        int[] tokens = [1000 + seed, .. TestRequest.Prompt(promptLength - 1, seed)];
        return
            $$"""
            {"prompt": [{{string.Join(',', tokens)}}], "max_tokens": {{outputLength}}, "temperature": 0, "ignore_eos": true,
             "stream": true, "stream_options": {"include_usage": true} }
            """;
    }
}
