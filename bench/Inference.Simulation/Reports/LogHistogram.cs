namespace Inference.Simulation.Reports;

/// <summary>A distribution of durations in logarithmic buckets: percentiles to 1%, in the same room however many there are.</summary>
internal sealed class LogHistogram
{
    private const double Least = 1e-6;
    private const int BucketsPerOctave = 64;
    private const int Octaves = 44;

    private readonly long[] _counts = new long[Octaves * BucketsPerOctave];

    public long Count { get; private set; }

    /// <summary>Exact; 0 without values.</summary>
    public double Maximum { get; private set; }

    /// <param name="seconds">At least 0; what is below a microsecond counts as one.</param>
    public void Add(double seconds)
    {
        var bucket = seconds <= Least ? 0 : (int)(Math.Log2(seconds / Least) * BucketsPerOctave);
        _counts[Math.Min(bucket, _counts.Length - 1)]++;
        Count++;
        Maximum = Math.Max(Maximum, seconds);
    }

    /// <summary>The seconds that a share of the values does not exceed (nearest rank); NaN without values.</summary>
    /// <param name="share">In (0, 1].</param>
    public double Percentile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var bucket = 0;
        for (var seen = 0L; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
                return Math.Min(Maximum, Least * Math.Pow(2, (bucket + 0.5) / BucketsPerOctave));
        }

        return double.NaN;
    }
}
