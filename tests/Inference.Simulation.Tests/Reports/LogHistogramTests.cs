using Inference.Simulation.Reports;

namespace Inference.Simulation.Tests.Reports;

public sealed class LogHistogramTests
{
    [Fact]
    public void Percentile_KnownValues_IsWithinOnePercent()
    {
        var histogram = new LogHistogram();
        for (var i = 1; i <= 1000; i++)
            histogram.Add(i * 0.001);

        Assert.Equal(0.5, histogram.Percentile(.5), 0.005);
        Assert.Equal(0.99, histogram.Percentile(.99), 0.01);
        Assert.Equal((1000L, 1.0), (histogram.Count, histogram.Maximum));
    }

    [Fact]
    public void Percentile_WithoutValues_IsNaN() => Assert.Equal(double.NaN, new LogHistogram().Percentile(.5));

    [Theory]
    [InlineData(0)]
    [InlineData(1e9)]
    public void Add_BeyondTheBuckets_CountsInTheLast(double seconds)
    {
        var histogram = new LogHistogram();
        histogram.Add(seconds);

        Assert.Equal(seconds, histogram.Maximum);
        Assert.InRange(histogram.Percentile(1), 0, seconds);
    }
}
