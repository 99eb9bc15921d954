namespace Inference.Engine.Tests.Sampling;

internal static class ChiSquare
{
    /// <summary>
    /// Pearson's test, with outcomes expected fewer than eight times taken together; outcomes of probability 0 must not occur.
    /// Fails by chance once in some hundred thousand seeds.
    /// </summary>
    public static void AssertFits(IReadOnlyList<int> counts, IEnumerable<double> probabilities)
    {
        const double Fewest = 8;
        var draws = counts.Sum();
        var outcomes = counts.Zip(probabilities, (count, probability) => (Count: count, Expected: probability * draws)).ToArray();
        Assert.DoesNotContain(outcomes, outcome => outcome.Expected == 0 && outcome.Count > 0);

        var bins = outcomes.Where(outcome => outcome.Expected >= Fewest).ToList();
        var rare = outcomes.Where(outcome => outcome.Expected < Fewest).ToArray();
        bins.Add((rare.Sum(outcome => outcome.Count), rare.Sum(outcome => outcome.Expected)));
        bins.RemoveAll(bin => bin.Expected < Fewest);

        var degrees = bins.Count - 1;
        if (degrees <= 0)
            return;

        var statistic = bins.Sum(bin => (bin.Count - bin.Expected) * (bin.Count - bin.Expected) / bin.Expected);
        // Wilson and Hilferty's approximation of the quantile 4.3 standard deviations out.
        var spread = 2.0 / (9 * degrees);
        var limit = degrees * Math.Pow(1 - spread + 4.3 * Math.Sqrt(spread), 3);
        Assert.True(statistic <= limit, $"chi-square {statistic} exceeds {limit} at {degrees} degrees of freedom");
    }
}
