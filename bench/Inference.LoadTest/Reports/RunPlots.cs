using Inference.LoadTest.Measures;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Reports;

/// <summary>The plots that runs are looked at in. Runs of one name at several loads are one line.</summary>
internal static class RunPlots
{
    private const int MostRequests = 3000;

    /// <summary>Of several runs, over their load.</summary>
    public static IEnumerable<SvgPlot> OverLoad(IReadOnlyList<RunSummary> runs)
    {
        var load = runs.All(run => run.RequestRate is not null) ? "requests/s asked for" : "concurrency";
        yield return Over("Throughput and load", load, "output tokens/s", runs, run => run.Load, run => run.OutputThroughput);
        yield return Over("Time to first token and load", load, "TTFT p90, ms", runs, run => run.Load, run => run.Ttft.P90);
        yield return Over("Latency and load", load, "E2EL p90, s", runs, run => run.Load, run => run.E2el.P90 / 1000);
        // One axis for the operator, one for the user: what is up and to the right is better in both.
        yield return Over("Throughput and each user's speed", "tokens/s of one user (1 / median TPOT)", "output tokens/s", runs,
            run => run.Tpot.P50 > 0 ? 1000 / run.Tpot.P50 : 0, run => run.OutputThroughput);
        if (runs.Any(run => run.GoodShare is not null))
            yield return Over("Requests within the service level", load, "good, %", runs, run => run.Load, run => 100 * (run.GoodShare ?? 0));
    }

    /// <summary>Latencies of runs, each a line.</summary>
    public static IEnumerable<SvgPlot> Distributions(IReadOnlyList<RunSummary> runs)
    {
        yield return Cdf("Time to first token", "TTFT, ms", runs, run => run.Ttft);
        yield return Cdf("Inter-token latency", "ITL, ms", runs, run => run.Itl);
        yield return Cdf("End-to-end latency", "E2EL, ms", runs, run => run.E2el);
    }

    /// <summary>One run over its time.</summary>
    public static IEnumerable<SvgPlot> OverTime(RunSummary run, IReadOnlyList<RequestRecord> records)
    {
        yield return new SvgPlot("Throughput over time", "s", "output tokens/s", [Line("", run.Timeline.Select(point => (point.Second, point.OutputThroughput)))]);
        yield return new SvgPlot("Requests under way", "s", "requests", [Line("", run.Timeline.Select(point => (point.Second, (double)point.InFlight)))]);
        if (records.Count == 0)
            yield break;

        var shown = records.Where((_, i) => i % (1 + records.Count / MostRequests) == 0).ToArray();
        yield return new SvgPlot("Requests, when they were due", "s", "ms",
        [
            new PlotSeries("first token", [.. shown.Where(record => record.TimeToFirstToken is not null).Select(record => (RunClock.Seconds(record.Intended), record.TimeToFirstToken!.Value / 1e3))], Scattered: true),
            new PlotSeries("last token", [.. shown.Where(record => record.Outcome == RequestOutcome.Completed).Select(record => (RunClock.Seconds(record.Intended), record.EndToEndLatency / 1e3))], Scattered: true),
            new PlotSeries("failed", [.. shown.Where(record => record.Outcome == RequestOutcome.Failed).Select(record => (RunClock.Seconds(record.Intended), Math.Max(0, record.Ended - record.Intended) / 1e3))], Scattered: true),
        ]);
    }

    private static SvgPlot Over(
        string title, string xLabel, string yLabel, IReadOnlyList<RunSummary> runs, Func<RunSummary, double> x, Func<RunSummary, double> y) =>
        new(title, xLabel, yLabel, [.. RepeatedRuns.Of(runs).GroupBy(same => same.Name).Select(group => Means(group.Key, [.. group.OrderBy(same => same.Load)], x, y))]);

    /// <summary>Repeated runs are one point, with its interval.</summary>
    private static PlotSeries Means(string name, IReadOnlyList<RepeatedRuns> points, Func<RunSummary, double> x, Func<RunSummary, double> y) => new(
        name, [.. points.Select(same => (same.Mean(x), same.Mean(y)))], Margins: [.. points.Select(same => Estimate.Of(same.Values(y)).Margin)]);

    private static SvgPlot Cdf(string title, string label, IReadOnlyList<RunSummary> runs, Func<RunSummary, Distribution> measure) =>
        new(title, label, "% of all", [.. runs.Where(run => measure(run).Count > 0).Select(run => Line(NameOf(run, runs), measure(run).Percentiles.Select((value, percent) => (value, (double)percent))))]);

    private static string NameOf(RunSummary run, IReadOnlyList<RunSummary> runs) =>
        runs.Count(other => other.Name == run.Name) == 1 ? run.Name : FormattableString.Invariant($"{run.Name}, {run.Load:0.##}");

    private static PlotSeries Line(string name, IEnumerable<(double X, double Y)> points) => new(name, [.. points]);
}
