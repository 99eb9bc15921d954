using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Measures;

/// <summary>
/// The part of a run that is measured, in microseconds. Latencies are those of requests that were due in it; rates count the tokens and
/// answers that came in it, whenever their requests were due.
/// </summary>
internal readonly record struct Window(long Begin, long End)
{
    public double Seconds => Math.Max(0, RunClock.Seconds(End - Begin));

    /// <summary>From the first request to the last answer, less warm-up and cool-down.</summary>
    public static Window Of(IReadOnlyCollection<RequestRecord> records, TimeSpan warmUp, TimeSpan coolDown) => records.Count == 0
        ? default
        : new Window(
            records.Min(record => record.Intended) + (long)warmUp.TotalMicroseconds,
            records.Max(record => Math.Max(record.Finished, record.Intended)) - (long)coolDown.TotalMicroseconds);

    public bool Contains(long time) => time >= Begin && time <= End;

    /// <summary>Tokens that came in the window: each event holds its share of the request's.</summary>
    public double OutputTokens(RequestRecord request)
    {
        if (request.Chunks.Count == 0)
            return Contains(request.Finished) ? request.OutputTokens : 0;

        // Offsets ascend.
        var before = CountUntil(request.Chunks, Begin - request.Intended - 1);
        return (double)(CountUntil(request.Chunks, End - request.Intended) - before) * request.OutputTokens / request.Chunks.Count;
    }

    private static int CountUntil(List<int> offsets, long last)
    {
        var (low, high) = (0, offsets.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (offsets[middle] <= last)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
