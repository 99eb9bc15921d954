namespace Inference.LoadTest.Measures;

/// <summary>A measure over many: latencies in milliseconds. All is 0 where nothing was measured.</summary>
/// <param name="Count">How many values.</param>
/// <param name="Mean">Exact.</param>
/// <param name="Std">Of the population; exact.</param>
/// <param name="Min">The least.</param>
/// <param name="P999">What 99.9% do not exceed.</param>
/// <param name="Max">The most.</param>
/// <param name="Percentiles">The values that 0, 1, ... 100% of all do not exceed (nearest rank), to 0.1%; empty where nothing was measured.</param>
internal sealed record Distribution(long Count, double Mean, double Std, double Min, double P999, double Max, IReadOnlyList<double> Percentiles)
{
    public double P50 => Percentile(50);

    public double P90 => Percentile(90);

    public double P95 => Percentile(95);

    public double P99 => Percentile(99);

    public double Percentile(int percent) => Percentiles.Count == 0 ? 0 : Percentiles[percent];
}
