using Inference.LoadTest.Measures;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Reports;

/// <summary>The plots that runs are looked at in. Runs of one name at several loads are one line.</summary>
internal static class RunPlots
{
    private const int MostDots = 3000;
    private const int MostSpans = 100;

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
        yield return new SvgPlot("Throughput over time", "seconds", "output tokens/s", [Line("", run.Timeline.Select(point => (point.Second, point.OutputThroughput)))]);
        yield return new SvgPlot("Requests under way", "seconds", "requests", [Line("", run.Timeline.Select(point => (point.Second, (double)point.InFlight)))]);
        if (records.Count == 0)
            yield break;

        yield return Spans(records);
        var shown = Some(records, MostDots);
        yield return new SvgPlot("Latencies, when requests were due", "seconds", "ms", NotEmpty(
            Dots("first token", shown.Where(record => record.TimeToFirstToken is not null), record => record.TimeToFirstToken!.Value / 1e3),
            Dots("last token", shown.Where(record => record.Outcome == RequestOutcome.Completed), record => record.EndToEndLatency / 1e3),
            Dots("failed", shown.Where(record => record.Outcome == RequestOutcome.Failed), record => Math.Max(0, record.Ended - record.Intended) / 1e3)));
    }

    /// <summary>Each request from when it was due: its wait for the first token, then its tokens.</summary>
    private static SvgPlot Spans(IReadOnlyList<RequestRecord> records)
    {
        var shown = Some(records, MostSpans).Select((record, i) => (Record: record, Row: 1.0 + i)).ToArray();
        PlotSeries Series(string name, Func<RequestRecord, (long Begin, long End)?> span) => new(name, [.. shown
            .Select(request => (Span: span(request.Record), request.Row))
            .Where(request => request.Span is not null)
            .SelectMany(request => new[] { (RunClock.Seconds(request.Span!.Value.Begin), request.Row), (RunClock.Seconds(request.Span.Value.End), request.Row) })], PlotKind.Spans);
        return new SvgPlot("Requests one by one", "seconds", shown.Length < records.Count ? "some requests" : "requests", NotEmpty(
            Series("until the first token", record => (record.Intended, record.TimeToFirstToken is { } first ? record.Intended + first : record.Ended)),
            Series("tokens", record => record.TimeToFirstToken is { } first ? (record.Intended + first, record.Intended + record.Chunks[^1]) : null)));
    }

    /// <summary>Evenly chosen, not more than so many.</summary>
    private static RequestRecord[] Some(IReadOnlyList<RequestRecord> records, int most) => [.. records.Where((_, i) => i % ((records.Count + most - 1) / most) == 0)];

    private static PlotSeries Dots(string name, IEnumerable<RequestRecord> records, Func<RequestRecord, double> latency) =>
        new(name, [.. records.Select(record => (RunClock.Seconds(record.Intended), latency(record)))], PlotKind.Dots);

    private static PlotSeries[] NotEmpty(params PlotSeries[] series) => [.. series.Where(line => line.Points.Count > 0)];

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
