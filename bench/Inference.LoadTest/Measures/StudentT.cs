namespace Inference.LoadTest.Measures;

/// <summary>Student's t distribution, as far as intervals of 95% need it.</summary>
internal static class StudentT
{
    /// <summary>The 97.5th percentiles of 1, 2, ... 30 degrees of freedom (Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.10).</summary>
    private static readonly double[] Few =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    private const double Normal = 1.959964;

    /// <summary>How many standard errors 95% of all means are within.</summary>
    /// <param name="degrees">Of freedom, at least 1; part of one counts for none, which makes the interval wider.</param>
    public static double Quantile95(double degrees)
    {
        if (degrees < Few.Length + 1)
            return Few[Math.Max(1, (int)degrees) - 1];

        // The same, 26.7.5: an expansion about the normal distribution.
        var cube = Normal * Normal * Normal;
        return Normal + (cube + Normal) / (4 * degrees) + (5 * cube * Normal * Normal + 16 * cube + 3 * Normal) / (96 * degrees * degrees);
    }
}
