using Inference.LoadTest.Loads;

namespace Inference.LoadTest.Tests.Loads;

public sealed class ArrivalsTests
{
    [Theory]
    [InlineData("5", 0.25)]
    [InlineData("5", 1)]
    [InlineData("5", 4)]
    public void Of_Burstiness_HasItsRateAndVariation(string rate, double burstiness)
    {
        const int count = 200_000;
        var gaps = Gaps(Arrivals.Of(RateProfile.Parse(rate), burstiness, seed: 1).Take(count)).ToArray();
        var mean = gaps.Average();

        Assert.Equal(0.2, mean, 0.2 * 0.02);
        Assert.Equal(1 / Math.Sqrt(burstiness), Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean))) / mean, 0.03 / Math.Sqrt(burstiness));
    }

    [Fact]
    public void Of_Clock_IsEven() =>
        Assert.Equal([0.25, 0.5, 0.75, 1.0], Arrivals.Of(RateProfile.Parse("4"), double.PositiveInfinity, 0).Take(4).Select(time => time.TotalSeconds));

    [Fact]
    public void Of_Infinite_IsAllAtOnce() => Assert.All(Arrivals.Of(RateProfile.Parse("inf"), 1, 0).Take(5), time => Assert.Equal(TimeSpan.Zero, time));

    [Fact]
    public void Of_Seeds_Repeat()
    {
        var profile = RateProfile.Parse("3");
        Assert.Equal(Arrivals.Of(profile, 1, 5).Take(9), Arrivals.Of(profile, 1, 5).Take(9));
        Assert.NotEqual(Arrivals.Of(profile, 1, 5).Take(9), Arrivals.Of(profile, 1, 6).Take(9));
    }

    [Fact]
    public void Of_Stages_HaveTheirRatesAndEnd()
    {
        var seconds = Arrivals.Of(RateProfile.Parse("5:10,20:10"), double.PositiveInfinity, 0).Select(time => time.TotalSeconds).ToArray();

        Assert.Equal(250, seconds.Length);
        Assert.Equal(50, seconds.Count(second => second <= 10 + 1e-6));
        Assert.Equal(20, seconds[^1], 1e-6);
    }

    [Fact]
    public void Of_Ramp_GrowsEvenly()
    {
        // From 0 to 20 in 10 s: t seconds hold t * t requests.
        var seconds = Arrivals.Of(RateProfile.Parse("0-20:10"), double.PositiveInfinity, 0).Select(time => time.TotalSeconds).ToArray();

        Assert.Equal(100, seconds.Length);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => Math.Sqrt(i)), seconds, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("5:0")]
    [InlineData("0:5")]
    [InlineData("5,6:10")]
    [InlineData("1-2")]
    [InlineData("-1")]
    [InlineData("1:2:3")]
    public void Parse_Malformed_NamesTheOption(string text) =>
        Assert.Contains("--request-rate", Assert.Throws<FormatException>(() => RateProfile.Parse(text)).Message, StringComparison.Ordinal);

    private static IEnumerable<double> Gaps(IEnumerable<TimeSpan> times)
    {
        var before = 0.0;
        foreach (var time in times)
        {
            yield return time.TotalSeconds - before;
            before = time.TotalSeconds;
        }
    }
}
