namespace Inference.LoadTest.Measures;

/// <summary>What repeated measurements say of a value.</summary>
/// <param name="Mean">Of them.</param>
/// <param name="Margin">With 95% confidence the value is within so much of the mean; null with fewer than two measurements.</param>
internal sealed record Estimate(double Mean, double? Margin)
{
    /// <summary>An interval of Student's t distribution (Student, The Probable Error of a Mean, 1908): measurements vary as the normal distribution does.</summary>
    /// <param name="values">At least one.</param>
    public static Estimate Of(IReadOnlyList<double> values) => new(
        values.Average(), values.Count < 2 ? null : StudentT.Quantile95(values.Count - 1) * Math.Sqrt(SquaredError(values)));

    /// <summary>
    /// By how much values changed, as a share of those before: the difference of the means by Welch (The Generalization of "Student's" Problem
    /// when Several Different Population Variances are Involved, 1947), for the two may vary unlike each other.
    /// </summary>
    /// <param name="before">At least one, and their mean is above 0.</param>
    /// <param name="after">At least one.</param>
    public static Estimate Change(IReadOnlyList<double> before, IReadOnlyList<double> after)
    {
        var change = after.Average() / before.Average() - 1;
        if (before.Count < 2 || after.Count < 2)
            return new Estimate(change, null);

        var (a, b) = (SquaredError(before), SquaredError(after));
        var error = a + b;
        if (error == 0)
            return new Estimate(change, 0);
        var degrees = error * error / (a * a / (before.Count - 1) + b * b / (after.Count - 1));
        return new Estimate(change, StudentT.Quantile95(degrees) * Math.Sqrt(error) / before.Average());
    }

    /// <summary>The square of the mean's standard error.</summary>
    private static double SquaredError(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1) / values.Count;
    }
}
