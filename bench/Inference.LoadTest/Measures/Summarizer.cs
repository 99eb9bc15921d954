using System.Globalization;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Measures;

/// <summary>Makes a <see cref="RunSummary"/> of a run's requests, by the formulas that <c>vllm bench serve</c> has.</summary>
internal static class Summarizer
{
    /// <summary>Lateness of the client above which its figures are not the server's alone.</summary>
    private const double MaxLagMs = 10;

    /// <summary>The share of cores that the client keeps busy above which it may be short of them.</summary>
    private const double MaxClientCpu = 0.7;

    /// <summary>The share of prompts that new ones may have in common by chance.</summary>
    private const double MaxCached = 0.02;

    public static RunSummary Summarize(IReadOnlyList<RequestRecord> records, RunDescription run)
    {
        var window = Window.Of(records, run.WarmUp, run.CoolDown);
        var whole = Window.Of(records, default, default);
        var due = records.Where(record => window.Contains(record.Intended)).ToArray();
        var completed = due.Where(record => record.Outcome == RequestOutcome.Completed).ToArray();
        var answered = records.Where(record => record.Outcome == RequestOutcome.Completed && window.Contains(record.Finished)).ToArray();
        double PerSecond(double amount) => window.Seconds > 0 ? amount / window.Seconds : 0;

        var outputTokens = records.Where(record => record.Outcome == RequestOutcome.Completed).Sum(window.OutputTokens);
        var counts = Counts(due);
        var good = completed.Count(record => run.Slo?.Holds(record) ?? false);
        var summary = new RunSummary
        {
            Name = run.Name,
            StartedAt = run.StartedAt,
            Settings = run.Settings,
            Concurrency = run.Concurrency,
            RequestRate = run.RequestRate,
            Duration = window.Seconds,
            Requests = counts,
            Errors = due.Where(record => record.Outcome == RequestOutcome.Failed).CountBy(record => record.Error ?? "unknown")
                .OrderByDescending(error => error.Value).ToDictionary(),
            Tokens = Tokens(completed),
            RequestThroughput = PerSecond(answered.Length),
            OutputThroughput = PerSecond(outputTokens),
            TotalTokenThroughput = PerSecond(outputTokens + answered.Sum(record => (long)record.PromptTokens)),
            Slo = run.Slo,
            Goodput = run.Slo is null ? null : PerSecond(answered.Count(run.Slo.Holds)),
            GoodShare = run.Slo is null ? null : (double)good / Math.Max(1, counts.Completed + counts.Failed),
            MeanConcurrency = Timeline.MeanConcurrency(records, window),
            MaxConcurrency = Timeline.MaxConcurrency(records),
            Ttft = Of(completed.Select(record => (double?)record.TimeToFirstToken)),
            Tpot = Of(completed.Select(record => record.TimePerOutputToken)),
            Itl = Of(completed.SelectMany(record => record.Chunks.Zip(record.Chunks.Skip(1), (a, b) => (double?)(b - a)))),
            E2el = Of(completed.Select(record => (double?)record.EndToEndLatency)),
            Ntpot = Of(completed.Select(record => record.OutputTokens > 0 ? (double)record.EndToEndLatency / record.OutputTokens : (double?)null)),
            Phases = Phases(completed),
            SchedulingLag = Of(due.Where(record => record.Turn == 0).Select(record => (double?)record.SchedulingLag)),
            Timeline = Timeline.Of(records, whole),
            ClientCpu = run.ClientCpuSeconds / Math.Max(1e-3, whole.Seconds),
            ServerMetrics = run.ServerMetrics,
            Warnings = [],
        };
        return summary with { Warnings = [.. Warnings(summary, run)] };
    }

    private static RequestCounts Counts(RequestRecord[] records)
    {
        int Count(RequestOutcome outcome) => records.Count(record => record.Outcome == outcome);
        return new RequestCounts(
            Count(RequestOutcome.Completed), Count(RequestOutcome.Failed), Count(RequestOutcome.Cancelled), Count(RequestOutcome.Incomplete));
    }

    private static TokenCounts Tokens(RequestRecord[] completed) => new(
        completed.Sum(record => (long)record.PromptTokens),
        completed.Sum(record => (long)record.OutputTokens),
        completed.Sum(record => (long)record.AskedOutputTokens),
        completed.Sum(record => (long)record.Chunks.Count),
        completed.Any(record => record.ServerCachedTokens is not null) ? completed.Sum(record => (long)(record.ServerCachedTokens ?? 0)) : null,
        completed.Count(record => record.HasTokenIds && record.PromptTokens != record.AskedPromptTokens),
        completed.Count(record => record.AskedOutputTokens > 0 && record.OutputTokens != record.AskedOutputTokens));

    private static PhaseTimes Phases(RequestRecord[] completed) => new(
        Of(completed.Select(record => Between(record.Started, record.Sending))),
        Of(completed.Select(record => record.Connecting > 0 ? (double?)record.Connecting : null)),
        Of(completed.Select(record => Between(record.Sending, record.Sent))),
        Of(completed.Select(record => Between(record.Sent > 0 ? record.Sent : record.Started, record.Headers))),
        Of(completed.Select(record => Between(record.Headers, record.Ended))));

    /// <summary>A moment that was never taken is 0; a body may be on its way still when the answer comes.</summary>
    private static double? Between(long begin, long end) => end > 0 ? Math.Max(0, end - begin) : null;

    private static Distribution Of(IEnumerable<double?> microseconds)
    {
        var builder = new DistributionBuilder();
        foreach (var value in microseconds)
        {
            if (value is { } known)
                builder.Add(known);
        }

        return builder.Build();
    }

    private static IEnumerable<string> Warnings(RunSummary summary, RunDescription run)
    {
        if (summary.Requests.Completed == 0)
            yield return "No request completed.";
        if (!run.QueuesAtClient && summary.SchedulingLag.P99 > MaxLagMs)
            yield return Text($"The client itself was late: it took one request in a hundred up {summary.SchedulingLag.P99:0.0} ms after it was due, or later.");
        if (summary.Tokens.PerEvent > 1.05)
            yield return Text($"Events hold {summary.Tokens.PerEvent:0.00} tokens each: ITL is the time between events, TPOT that between tokens.");
        if (summary.Tokens.OutputMismatches > 0)
            yield return Text($"{summary.Tokens.OutputMismatches} of {summary.Requests.Completed} requests did not get as many tokens as they asked for.");
        if (summary.Tokens.PromptMismatches > 0)
            yield return Text($"The server counts the prompts of {summary.Tokens.PromptMismatches} of {summary.Requests.Completed} requests otherwise than the data set.");
        if (run.PromptsAreNew && summary.Tokens.Cached > MaxCached * summary.Tokens.Prompt)
            yield return Text($"The server had {100.0 * summary.Tokens.Cached / summary.Tokens.Prompt:0}% of the prompts' tokens in its cache, from a run before: another --seed makes prompts that are new.");
        if (summary.ClientCpu > MaxClientCpu * Environment.ProcessorCount)
            yield return Text($"The client kept {summary.ClientCpu:0.0} of {Environment.ProcessorCount} cores busy: it may have been what limits the figures.");
        if (summary.Requests.Incomplete > 0)
            yield return Text($"{summary.Requests.Incomplete} requests had not ended when the run did; their latencies are not counted.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
