using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Measures;

/// <summary>A run in slices, and how many requests were under way.</summary>
internal static class Timeline
{
    private const int Slices = 60;

    public static IReadOnlyList<TimelinePoint> Of(IReadOnlyList<RequestRecord> records, Window whole)
    {
        var length = Math.Max(1, (whole.End - whole.Begin + Slices - 1) / Slices);
        var tokens = new double[Slices];
        var firsts = Enumerable.Range(0, Slices).Select(_ => new List<double>()).ToArray();
        int Slice(long time) => (int)Math.Clamp((time - whole.Begin) / length, 0, Slices - 1);
        foreach (var record in records)
        {
            foreach (var chunk in record.Chunks)
                tokens[Slice(record.Intended + chunk)] += (double)record.OutputTokens / record.Chunks.Count;
            if (record.Chunks.Count == 0 && record.Outcome == RequestOutcome.Completed)
                tokens[Slice(record.Finished)] += record.OutputTokens;
            if (record.TimeToFirstToken is { } first)
                firsts[Slice(record.Intended)].Add(RunClock.Milliseconds(first));
        }

        var inFlight = new int[Slices];
        var running = 0;
        foreach (var (time, change) in Changes(records))
        {
            running += change;
            inFlight[Slice(time)] = Math.Max(inFlight[Slice(time)], running);
        }

        return
        [
            .. Enumerable.Range(0, Slices).Select(i => new TimelinePoint(
                RunClock.Seconds(i * length), tokens[i] / RunClock.Seconds(length), inFlight[i], firsts[i].Count == 0 ? null : Median(firsts[i]))),
        ];
    }

    public static int MaxConcurrency(IEnumerable<RequestRecord> records)
    {
        var (running, most) = (0, 0);
        foreach (var (_, change) in Changes(records))
            most = Math.Max(most, running += change);
        return most;
    }

    public static double MeanConcurrency(IEnumerable<RequestRecord> records, Window window) => window.Seconds == 0
        ? 0
        : records.Sum(record => (double)Math.Max(0, Math.Min(record.Ended, window.End) - Math.Max(record.Started, window.Begin)))
            / (window.End - window.Begin);

    // What ends makes room before what begins at the same time.
    private static IEnumerable<(long Time, int Change)> Changes(IEnumerable<RequestRecord> records) => records
        .SelectMany(record => new[] { (Time: record.Started, Change: 1), (Time: record.Ended, Change: -1) })
        .OrderBy(change => change.Time)
        .ThenBy(change => change.Change);

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[(values.Count - 1) / 2];
    }
}
