using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Searches;

/// <summary>What a series of loads says: where more load brings no more, and which load is the best compromise.</summary>
internal static class Saturation
{
    /// <summary>Growth of throughput from one load to the next below which the server is full.</summary>
    public const double LeastGrowth = 0.05;

    /// <summary>Whether the last load brought hardly more tokens than the one before.</summary>
    public static bool IsReached(IReadOnlyList<RunSummary> runs) =>
        runs.Count > 1 && runs[^1].OutputThroughput < (1 + LeastGrowth) * runs[^2].OutputThroughput;

    /// <summary>
    /// The knee of throughput over median latency: the point farthest above the line from the first to the last, both axes from 0 to 1 (Satopaa
    /// et al., Finding a Kneedle in a Haystack, 2011).
    /// </summary>
    public static RunSummary Knee(IReadOnlyList<RunSummary> runs)
    {
        var (first, last) = (runs.MinBy(run => run.E2el.P50)!, runs.MaxBy(run => run.E2el.P50)!);
        var latencies = last.E2el.P50 - first.E2el.P50;
        var (least, most) = (runs.Min(run => run.OutputThroughput), runs.Max(run => run.OutputThroughput));
        return latencies <= 0 || most <= least
            ? runs.MaxBy(run => run.OutputThroughput)!
            : runs.MaxBy(run => (run.OutputThroughput - least) / (most - least) - (run.E2el.P50 - first.E2el.P50) / latencies)!;
    }
}
