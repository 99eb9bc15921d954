using System.Globalization;

namespace Inference.Simulation.Reports;

/// <summary>Results as Markdown, a row for each simulation.</summary>
internal static class SimulationTable
{
    public static void WriteHead(TextWriter output)
    {
        output.WriteLine(
            "| replicas | router | policy | requests ended | out tokens/s | TTFT s: p50 / p90 / p99 | urgent's: p50 / p99 | TPOT ms: p50 / p99 "
            + "| ITL ms: p99 / max | hit rate | preemptions | expired | refused | busy | times real time |");
        output.WriteLine("|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    }

    /// <param name="output">Where to.</param>
    /// <param name="name">The first three columns.</param>
    /// <param name="replicas">How many were simulated.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="wall">How long that took here.</param>
    public static void WriteRow(TextWriter output, string name, int replicas, ServiceStatistics result, TimeSpan wall)
    {
        var (first, urgent, each, gaps) = (result.FirstToken, result.UrgentFirstToken, result.PerOutputToken, result.InterToken);
        var seconds = result.End.TotalSeconds;
        var busy = result.Busy.TotalSeconds / (replicas * seconds);
        var speed = replicas * seconds / wall.TotalSeconds;
        var urgents = urgent.Count == 0 ? "" : Text($"{urgent.Percentile(.5):0.00} / {urgent.Percentile(.99):0.00}");
        output.WriteLine(Text(
            $"""
            | {name} | {result.Completed} | {result.OutputTokens / seconds:0} | {first.Percentile(.5):0.00} / {first.Percentile(.9):0.00} / {first.Percentile(.99):0.00} | {urgents} | {Milliseconds(each, .5)} / {Milliseconds(each, .99)} | {Milliseconds(gaps, .99)} / {gaps.Maximum * 1000:0} | {result.HitRate:0.000} | {result.Preemptions} | {result.Expired} | {result.Refused} | {busy:0.00} | {speed:0} |
            """));
        output.Flush();
    }

    private static string Milliseconds(LogHistogram histogram, double share) => Text($"{histogram.Percentile(share) * 1000:0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
