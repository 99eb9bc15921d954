namespace Inference.LoadTest.Loads;

/// <summary>A time in which the rate goes evenly from one to another.</summary>
/// <param name="From">Requests per second in the beginning.</param>
/// <param name="To">In the end.</param>
/// <param name="Seconds">Infinite: the rate stays.</param>
internal readonly record struct RateStage(double From, double To, double Seconds)
{
    /// <summary>Arrivals to be expected.</summary>
    public double Arrivals => (From + To) / 2 * Seconds;

    /// <summary>When so many are to be expected, at most <see cref="Arrivals"/>: the root of a quadratic, in the form that has no difference.</summary>
    public double TimeOf(double expected)
    {
        if (double.IsInfinity(From) || expected == 0)
            return 0;
        var slope = double.IsFinite(Seconds) ? (To - From) / Seconds : 0;
        return 2 * expected / (From + Math.Sqrt(Math.Max(0, From * From + 2 * slope * expected)));
    }
}
