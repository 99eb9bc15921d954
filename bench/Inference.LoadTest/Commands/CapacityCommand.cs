using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Reports;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load capacity</c>: from a measured curve to requests per second within a service level, and what memory allows.</summary>
internal static partial class CapacityCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "What sweep --json wrote." };
        var limits = new Option<string[]>("--goodput") { Description = "The service level, at the 90th percentile: ttft:MS, tpot:MS, e2el:MS.", HelpName = "LIMIT", AllowMultipleArgumentsPerToken = true };
        var url = new Option<string?>("--url") { Description = "The server, to ask how many tokens its cache holds.", HelpName = "URL" };
        var tokens = new Option<int?>("--tokens") { Description = "Tokens of a request, prompt and output. Default: as measured.", HelpName = "N" };
        var command = new Command("capacity", "Tells from a sweep how many requests per second fit within a service level, and in the cache.") { file, limits, url, tokens };
        command.SetAction(async (parse, cancellation) =>
        {
            var runs = SummaryFile.Read(parse.GetValue(file)!);
            var slo = Slo.Parse(parse.GetValue(limits) ?? []);
            var within = Within(runs, slo);
            Print(runs, slo, within);
            if (parse.GetValue(url) is { } server)
                await PrintCacheAsync(server, parse.GetValue(tokens) ?? TokensOf(runs), within, cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>The load with the most requests per second whose 90th percentiles (the means of them, where it was measured repeatedly) keep the limits; null if none does.</summary>
    internal static RepeatedRuns? Within(IReadOnlyList<RunSummary> runs, Slo slo) => RepeatedRuns.Of(runs)
        .Where(load => load.Runs.All(run => run.Requests is { Completed: > 0, Failed: 0 })
            && Keeps(load, slo.TtftMs, run => run.Ttft) && Keeps(load, slo.TpotMs, run => run.Tpot) && Keeps(load, slo.E2elMs, run => run.E2el))
        .MaxBy(load => load.Mean(run => run.RequestThroughput));

    private static bool Keeps(RepeatedRuns load, double? limit, Func<RunSummary, Distribution> measure) =>
        limit is null || load.Mean(run => measure(run).P90) <= limit;

    /// <summary>The tokens that the cache holds, by <c>vllm:cache_config_info</c>; null if the page does not say.</summary>
    internal static long? CacheTokens(string metrics)
    {
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith("vllm:cache_config_info{", StringComparison.Ordinal)) ?? "";
        long? Label(Regex name) => name.Match(line) is { Success: true } match && long.TryParse(match.Groups[1].Value, out var value) ? value : null;
        return Label(CacheSize()) ?? Label(Blocks()) * Label(BlockSize());
    }

    private static int TokensOf(IReadOnlyList<RunSummary> runs) =>
        (int)(runs.Sum(run => run.Tokens.Prompt + run.Tokens.Output) / Math.Max(1, runs.Sum(run => run.Requests.Completed)));

    private static void Print(IReadOnlyList<RunSummary> runs, Slo slo, RepeatedRuns? within)
    {
        RunsTable.Print(runs);
        Line(within is { } best
            ? $"Within {slo} at p90: {best.Mean(run => run.RequestThroughput):0.00} requests/s ({best.Mean(run => run.OutputThroughput):0} output tokens/s), with {best.Mean(run => run.MeanConcurrency):0.#} requests under way (concurrency, by Little's law: requests/s x seconds of each)."
            : (FormattableString)$"No load of the sweep keeps {slo} at p90.");
    }

    private static async Task PrintCacheAsync(string server, int perRequest, RepeatedRuns? within, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(new Uri(server), "/metrics"), cancellation);
        if (CacheTokens(page) is not { } tokens)
            throw new FormatException($"{server}/metrics: vllm:cache_config_info does not say how many tokens the cache holds.");
        Line($"The cache holds {tokens} tokens: {tokens / Math.Max(1, perRequest)} requests of {perRequest} tokens at a time. Larger --max-num-seqs than that only preempts.");
        if (within is not null)
            Line($"At that rate requests hold at most {within.Mean(run => run.MeanConcurrency) * perRequest:0} tokens of it on average, {100 * within.Mean(run => run.MeanConcurrency) * perRequest / tokens:0.#}%.");
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex("kv_cache_size_tokens=\"(\\d+)\"")]
    private static partial Regex CacheSize();

    [GeneratedRegex("num_gpu_blocks=\"(\\d+)\"")]
    private static partial Regex Blocks();

    [GeneratedRegex("[{,]block_size=\"(\\d+)\"")]
    private static partial Regex BlockSize();
}
