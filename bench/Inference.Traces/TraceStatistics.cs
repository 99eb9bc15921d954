namespace Inference.Traces;

/// <summary>What a trace is like.</summary>
/// <param name="Requests">How many.</param>
/// <param name="Duration">From the first arrival to the last.</param>
/// <param name="ArrivalVariation">Coefficient of variation of the times between arrivals: 0 is a clock, 1 is Poisson's.</param>
/// <param name="InputTokens">Of all prompts.</param>
/// <param name="OutputTokens">Generated for all.</param>
/// <param name="PrefixBlocks">Prefix ids of all prompts.</param>
/// <param name="RepeatedPrefixBlocks">Those that were there in an earlier prompt: the most that a prefix cache can find.</param>
public sealed record TraceStatistics(
    int Requests,
    TimeSpan Duration,
    double ArrivalVariation,
    long InputTokens,
    long OutputTokens,
    long PrefixBlocks,
    long RepeatedPrefixBlocks)
{
    private int[] _inputs = [];
    private int[] _outputs = [];

    /// <summary>Repeated blocks of all blocks; 0 without any.</summary>
    public double IdealHitRate => PrefixBlocks == 0 ? 0 : (double)RepeatedPrefixBlocks / PrefixBlocks;

    /// <summary>The prompt's length that a share of the requests does not exceed (nearest rank).</summary>
    /// <param name="share">In (0, 1].</param>
    public int InputLength(double share) => Percentile(_inputs, share);

    /// <summary>The output's length that a share of the requests does not exceed (nearest rank).</summary>
    /// <param name="share">In (0, 1].</param>
    public int OutputLength(double share) => Percentile(_outputs, share);

    /// <summary>Looks at a trace with at least one request.</summary>
    public static TraceStatistics Of(IReadOnlyList<TraceRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfZero(requests.Count);
        var blocks = requests.Sum(request => (long)request.PrefixIds.Length);
        var different = requests.SelectMany(request => request.PrefixIds).Distinct().LongCount();
        return new TraceStatistics(
            requests.Count,
            requests[^1].Arrival - requests[0].Arrival,
            Variation([.. requests.Zip(requests.Skip(1), (a, b) => (b.Arrival - a.Arrival).TotalSeconds)]),
            requests.Sum(request => (long)request.InputLength),
            requests.Sum(request => (long)request.OutputLength),
            blocks,
            blocks - different)
        {
            _inputs = [.. requests.Select(request => request.InputLength).Order()],
            _outputs = [.. requests.Select(request => request.OutputLength).Order()],
        };
    }

    private static double Variation(double[] gaps)
    {
        if (gaps.Length == 0)
            return 0;

        var mean = gaps.Average();
        return mean == 0 ? 0 : Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean))) / mean;
    }

    private static int Percentile(int[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
