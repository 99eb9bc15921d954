using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Tests.Measures;

public sealed class EstimateTests
{
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2.9, 4.303)]
    [InlineData(30.9, 2.042)]
    [InlineData(31, 2.0395)]
    [InlineData(60, 2.000)]
    [InlineData(120, 1.980)]
    [InlineData(1e9, 1.960)]
    public void Quantile95_DegreesOfFreedom_IsTheTables(double degrees, double quantile) => Assert.Equal(quantile, StudentT.Quantile95(degrees), 5.1e-4);

    [Fact]
    public void Of_Values_HasStudentsInterval()
    {
        // Standard deviation 1, four values: 3.182 / 2.
        var estimate = Estimate.Of([10 - Math.Sqrt(1.5), 10, 10, 10 + Math.Sqrt(1.5)]);

        Assert.Equal(10, estimate.Mean, 1e-9);
        Assert.Equal(1.591, estimate.Margin!.Value, 1e-9);
    }

    [Fact]
    public void Of_OneValue_HasNoInterval() => Assert.Equal(new Estimate(7, null), Estimate.Of([7]));

    [Fact]
    public void Change_UnlikeVariances_HasWelchsInterval()
    {
        // Means 100 and 130; squared errors 100 / 3 and 400 / 3, so 500/3 squared over (1e4/18 + 16e4/18) = 2.94 degrees of freedom.
        var change = Estimate.Change([90, 100, 110], [110, 130, 150]);

        Assert.Equal(0.3, change.Mean, 1e-9);
        Assert.Equal(4.303 * Math.Sqrt(500.0 / 3) / 100, change.Margin!.Value, 1e-9);
    }

    [Fact]
    public void Change_OneOrNoVariance_HasNoneToTell()
    {
        Assert.Equal(new Estimate(-0.5, null), Estimate.Change([10], [5, 5]));
        Assert.Equal(new Estimate(-0.5, 0), Estimate.Change([10, 10], [5, 5]));
    }

    /// <summary>What the interval claims: of many experiments it holds the truth in 95%.</summary>
    [Fact]
    public void Of_NormalValues_HoldsTheTruthInItsShare()
    {
        var random = new Random(11);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

        var held = Enumerable.Range(0, 20_000).Count(_ =>
        {
            var estimate = Estimate.Of([5 + Normal(), 5 + Normal(), 5 + Normal()]);
            return Math.Abs(estimate.Mean - 5) <= estimate.Margin;
        });

        Assert.InRange(held / 20_000.0, 0.945, 0.955);
    }
}
