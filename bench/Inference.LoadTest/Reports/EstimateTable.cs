using System.Globalization;
using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Reports;

/// <summary>What repeated runs say, with the intervals of 95% confidence: rows of cells, the first the heading.</summary>
internal static class EstimateTable
{
    private static readonly (string Name, Func<RunSummary, double> Measure, string Format)[] Measures =
    [
        ("requests/s", run => run.RequestThroughput, "0.00"),
        ("output tokens/s", run => run.OutputThroughput, "0.0"),
        ("TTFT p50, ms", run => run.Ttft.P50, "0.0"),
        ("TTFT p90, ms", run => run.Ttft.P90, "0.0"),
        ("TPOT p50, ms", run => run.Tpot.P50, "0.00"),
        ("E2EL p50, s", run => run.E2el.P50 / 1000, "0.000"),
        ("E2EL p90, s", run => run.E2el.P90 / 1000, "0.000"),
    ];

    /// <summary>The means; empty where no run was repeated.</summary>
    public static IReadOnlyList<string[]> Means(IReadOnlyList<RunSummary> runs)
    {
        var repeated = RepeatedRuns.Of(runs).Where(same => same.Runs.Count > 1).ToArray();
        if (repeated.Length == 0)
            return [];

        string[] heading = ["run", "load", "runs", .. Measures.Select(measure => measure.Name)];
        return
        [
            heading,
            .. repeated.Select(same => (string[])
            [
                same.Name,
                SummaryTable.Load(same.Runs[0]),
                same.Runs.Count.ToString(CultureInfo.InvariantCulture),
                .. Measures.Select(measure => Text(Estimate.Of(same.Values(measure.Measure)), measure.Format)),
            ]),
        ];
    }

    /// <summary>How runs changed from one file to another, under each load that both have; empty if they have none.</summary>
    public static IReadOnlyList<string[]> Changes(IReadOnlyList<RunSummary> before, IReadOnlyList<RunSummary> after)
    {
        var (first, second) = (RepeatedRuns.Of(before), RepeatedRuns.Of(after));
        var pairs = first.SelectMany(a => second.Where(b => IsSameLoad(a.Runs[0], b.Runs[0])).Take(1).Select(b => (Before: a, After: b))).ToArray();
        if (pairs.Length == 0)
            return [];

        string[] heading = ["load", .. Measures.Select(measure => measure.Name)];
        return [heading, .. pairs.Select(pair => (string[])[SummaryTable.Load(pair.Before.Runs[0]), .. Measures.Select(measure => Change(pair.Before, pair.After, measure.Measure))])];
    }

    private static bool IsSameLoad(RunSummary a, RunSummary b) => a.RequestRate == b.RequestRate && a.Concurrency == b.Concurrency;

    private static string Change(RepeatedRuns before, RepeatedRuns after, Func<RunSummary, double> measure)
    {
        if (before.Mean(measure) == 0)
            return "";

        var change = Estimate.Change(before.Values(measure), after.Values(measure));
        var percent = (100 * change.Mean).ToString("+0.0;-0.0;0", CultureInfo.InvariantCulture) + "%";
        return change.Margin is { } margin ? string.Create(CultureInfo.InvariantCulture, $"{percent} ± {100 * margin:0.0}") : percent;
    }

    private static string Text(Estimate estimate, string format)
    {
        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return estimate.Margin is { } margin ? $"{Number(estimate.Mean)} ± {Number(margin)}" : Number(estimate.Mean);
    }
}
