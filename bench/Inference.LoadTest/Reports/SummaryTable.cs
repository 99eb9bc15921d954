using System.Globalization;
using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Reports;

/// <summary>Runs side by side: rows of cells, the first the heading.</summary>
internal static class SummaryTable
{
    public static IReadOnlyList<string[]> Of(IReadOnlyList<RunSummary> runs)
    {
        var hasGoodput = runs.Any(run => run.Slo is not null);
        string[] heading =
        [
            "run", "load", "requests/s", "output tokens/s", "TTFT ms p50 / p90 / p99", "TPOT ms p50 / p99", "E2EL s p50 / p90 / p99", "completed", "failed",
            .. hasGoodput ? ["good"] : Array.Empty<string>(),
        ];
        return [heading, .. runs.Select(run => Row(run, hasGoodput))];
    }

    /// <summary>Requests per second, or requests at a time.</summary>
    public static string Load(RunSummary run) => run.RequestRate is { } rate ? Text($"{rate:0.##}/s") : Text($"{run.Load:0.#}");

    /// <summary>As Markdown.</summary>
    public static string Markdown(IReadOnlyList<string[]> rows) => string.Join(
        '\n',
        rows.Take(1).Append([.. rows[0].Select((_, i) => i == 0 ? "---" : "--:")]).Concat(rows.Skip(1)).Select(row => $"| {string.Join(" | ", row)} |")) + "\n";

    private static string[] Row(RunSummary run, bool hasGoodput) =>
    [
        run.Name,
        Load(run),
        Text($"{run.RequestThroughput:0.00}"),
        Text($"{run.OutputThroughput:0.0}"),
        Text($"{run.Ttft.P50:0} / {run.Ttft.P90:0} / {run.Ttft.P99:0}"),
        Text($"{run.Tpot.P50:0.0} / {run.Tpot.P99:0.0}"),
        Text($"{run.E2el.P50 / 1000:0.00} / {run.E2el.P90 / 1000:0.00} / {run.E2el.P99 / 1000:0.00}"),
        Text($"{run.Requests.Completed}"),
        Text($"{run.Requests.Failed}"),
        .. hasGoodput ? [run.GoodShare is { } share ? Text($"{100 * share:0.0}%") : ""] : Array.Empty<string>(),
    ];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
