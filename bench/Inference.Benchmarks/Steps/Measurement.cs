using System.Diagnostics;

namespace Inference.Benchmarks.Steps;

/// <summary>One thing to time, and its times so far.</summary>
/// <param name="name">For the report.</param>
/// <param name="tokens">Tokens that one run computes or generates.</param>
/// <param name="run">What is timed.</param>
/// <param name="repeats">Runs in a row for each time that counts, so that the caches hold what they hold in service.</param>
internal sealed class Measurement(string name, int tokens, Func<Task> run, int repeats = 1)
{
    private static readonly TimeSpan SpinningEnds = TimeSpan.FromMilliseconds(200);

    private readonly List<double> _milliseconds = [];

    public string Name { get; } = name;

    public double MedianMilliseconds => Sorted[_milliseconds.Count / 2];

    public double BestMilliseconds => Sorted[0];

    public double TokensPerSecond => tokens / MedianMilliseconds * 1000;

    private double[] Sorted => [.. _milliseconds.Order()];

    /// <summary>Times all of them in turn, round after round: what slows the machine down for a while slows them all.</summary>
    /// <param name="measurements">What to time.</param>
    /// <param name="warmUps">Rounds that do not count, before the others.</param>
    /// <param name="rounds">Rounds that count.</param>
    public static async Task InterleaveAsync(IReadOnlyList<Measurement> measurements, int warmUps, int rounds)
    {
        for (var round = 0; round < warmUps + rounds; round++)
        {
            foreach (var measurement in measurements)
                await measurement.RunAsync(isCounted: round >= warmUps);
        }
    }

    private async Task RunAsync(bool isCounted)
    {
        // Until then the threads of the session measured before spin for work and take a core away; and some runs warm up.
        await Task.Delay(SpinningEnds);
        for (var i = 0; i < (repeats + 2) / 4; i++)
            await run();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
            await run();
        if (isCounted)
            _milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / repeats);
    }
}
