namespace Inference.Simulation.Costs;

/// <summary>
/// Finds the cost model that fits measured steps best: the least sum of squared relative errors, so that a short step counts as much as a
/// long one, with no coefficient below 0.
/// </summary>
internal static class CostFit
{
    private const int Sweeps = 200_000;
    private const double Settled = 1e-13;

    /// <exception cref="ArgumentException">There are fewer measurements than coefficients.</exception>
    public static CostModel Fit(IReadOnlyList<StepMeasurement> measurements, string source)
    {
        double[][] rows = [.. measurements.Select(RelativeRow)];
        if (rows.Length < 5)
            throw new ArgumentException($"{rows.Length} measured steps are too few for 5 coefficients.");

        var c = LeastSquares(rows);
        return new CostModel(source, c[0], c[1], c[2], c[3], c[4]);
    }

    /// <summary>What each coefficient is multiplied with to give 1, the measured time.</summary>
    private static double[] RelativeRow(StepMeasurement measured)
    {
        var (features, microseconds) = (measured.Features, measured.Milliseconds * 1000);
        return
        [
            1 / microseconds, features.Tokens / microseconds, features.Rows / microseconds, features.Context / microseconds,
            features.Pairs / microseconds,
        ];
    }

    /// <summary>
    /// Non-negative least squares by coordinate descent (Franc et al., Sequential Coordinate-Wise Algorithm for the Non-negative Least
    /// Squares Problem, 2005): the best value of one coefficient after the other, until none changes.
    /// </summary>
    private static double[] LeastSquares(double[][] rows)
    {
        var count = rows[0].Length;
        var coefficients = new double[count];
        var residuals = new double[rows.Length];
        Array.Fill(residuals, 1);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var change = 0.0;
            for (var i = 0; i < count; i++)
                change = Math.Max(change, Improve(rows, i, coefficients, residuals));
            if (change < Settled)
                break;
        }

        return coefficients;
    }

    /// <returns>By how much of the measured times, at most, it changed what is predicted.</returns>
    private static double Improve(double[][] rows, int i, double[] coefficients, double[] residuals)
    {
        double slope = 0, curvature = 0, largest = 0;
        for (var row = 0; row < rows.Length; row++)
        {
            slope += rows[row][i] * residuals[row];
            curvature += rows[row][i] * rows[row][i];
            largest = Math.Max(largest, rows[row][i]);
        }

        if (curvature == 0)
            return 0;

        var step = Math.Max(-coefficients[i], slope / curvature);
        coefficients[i] += step;
        for (var row = 0; row < rows.Length; row++)
            residuals[row] -= step * rows[row][i];
        return Math.Abs(step) * largest;
    }
}
