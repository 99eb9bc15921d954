using HdrHistogram;

namespace Inference.LoadTest.Measures;

/// <summary>Collects values of microseconds in a histogram of three digits: constant memory, whatever the number of tokens.</summary>
internal sealed class DistributionBuilder
{
    /// <summary>An hour; what takes longer is counted as that in percentiles.</summary>
    private const long Highest = 3_600_000_000;

    private readonly LongHistogram _histogram = new(1, Highest, 3);
    private double _mean;
    private double _squares;
    private double _min = double.PositiveInfinity;
    private double _max;

    public long Count { get; private set; }

    /// <param name="microseconds">Not negative.</param>
    public void Add(double microseconds)
    {
        _histogram.RecordValue(Math.Min(Highest, (long)Math.Round(microseconds)));
        // Welford, Note on a method for calculating corrected sums of squares and products, 1962.
        Count++;
        var difference = microseconds - _mean;
        _mean += difference / Count;
        _squares += difference * (microseconds - _mean);
        _min = Math.Min(_min, microseconds);
        _max = Math.Max(_max, microseconds);
    }

    public Distribution Build()
    {
        if (Count == 0)
            return new Distribution(0, 0, 0, 0, 0, 0, []);

        double At(double percent) => Math.Clamp(_histogram.GetValueAtPercentile(percent), _min, _max) / 1e3;
        return new Distribution(
            Count, _mean / 1e3, Math.Sqrt(_squares / Count) / 1e3, _min / 1e3, At(99.9), _max / 1e3, [.. Enumerable.Range(0, 101).Select(percent => At(percent))]);
    }
}
