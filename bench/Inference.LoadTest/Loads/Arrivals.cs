namespace Inference.LoadTest.Loads;

/// <summary>Random arrivals: gaps of mean 1, stretched to the rate of their moment.</summary>
internal static class Arrivals
{
    /// <param name="profile">The rate.</param>
    /// <param name="burstiness">
    /// The shape of the gaps' gamma distribution: 1 is Poisson's, smaller is burstier (the coefficient of variation is its root's inverse),
    /// infinity a clock.
    /// </param>
    /// <param name="seed">Equal seeds, equal arrivals.</param>
    public static IEnumerable<TimeSpan> Of(RateProfile profile, double burstiness, int seed)
    {
        var random = new Random(seed);
        var expected = 0.0;
        while (true)
        {
            expected += double.IsInfinity(burstiness) ? 1 : Gamma(random, burstiness) / burstiness;
            if (profile.TimeOf(expected) is not { } seconds)
                yield break;
            yield return TimeSpan.FromSeconds(seconds);
        }
    }

    /// <summary>Of scale 1 (Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000).</summary>
    private static double Gamma(Random random, double shape)
    {
        if (shape == 1)
            return -Math.Log(1 - random.NextDouble());
        if (shape < 1)
            return Gamma(random, shape + 1) * Math.Pow(1 - random.NextDouble(), 1 / shape);

        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = 1 + c * x;
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Math.Log(1 - random.NextDouble()) < 0.5 * x * x + d * (1 - v + Math.Log(v)))
                return d * v;
        }
    }

    /// <summary>Box and Muller, A Note on the Generation of Random Normal Deviates, 1958.</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
