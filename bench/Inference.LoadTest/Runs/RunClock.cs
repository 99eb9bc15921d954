namespace Inference.LoadTest.Runs;

/// <summary>Time of one run, in whole microseconds since it began.</summary>
internal sealed class RunClock(TimeProvider time)
{
    public const long Second = 1_000_000;

    private readonly long _start = time.GetTimestamp();

    public TimeProvider Time => time;

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    public long Now => (long)((Int128)(time.GetTimestamp() - _start) * Second / time.TimestampFrequency);

    /// <summary>
    /// Waits until a moment that has not passed; the system's timers are good to a millisecond, and are not asked for less: one that
    /// fires at once would make the wait a loop that takes a core.
    /// </summary>
    public async Task UntilAsync(long moment, CancellationToken cancellation)
    {
        for (var left = moment - Now; left > 0; left = moment - Now)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, left / 1000)), time, cancellation);
    }

    public static double Milliseconds(long microseconds) => microseconds / 1e3;

    public static double Seconds(long microseconds) => microseconds / 1e6;

    public static long FromSeconds(double seconds) => (long)Math.Round(seconds * Second);
}
