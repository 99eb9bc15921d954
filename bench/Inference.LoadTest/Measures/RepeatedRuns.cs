namespace Inference.LoadTest.Measures;

/// <summary>Runs of one name under one load: the same, measured several times.</summary>
internal sealed record RepeatedRuns(string Name, IReadOnlyList<RunSummary> Runs)
{
    /// <summary>In the order of their first ones.</summary>
    public static IReadOnlyList<RepeatedRuns> Of(IEnumerable<RunSummary> runs) =>
        [.. runs.GroupBy(run => (run.Name, run.RequestRate, run.Concurrency)).Select(group => new RepeatedRuns(group.Key.Name, [.. group]))];

    /// <summary>The load's place on an axis.</summary>
    public double Load => Mean(run => run.Load);

    public IReadOnlyList<double> Values(Func<RunSummary, double> measure) => [.. Runs.Select(measure)];

    /// <summary>The run in the middle of them, by throughput.</summary>
    public RunSummary Median => Runs.OrderBy(run => run.OutputThroughput).ElementAt((Runs.Count - 1) / 2);

    public double Mean(Func<RunSummary, double> measure) => Runs.Average(measure);
}
