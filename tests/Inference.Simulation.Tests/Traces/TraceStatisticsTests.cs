using Inference.Traces;

namespace Inference.Simulation.Tests.Traces;

public sealed class TraceStatisticsTests
{
    [Fact]
    public void Of_AzureConversation_GivesWhatIsKnownOfIt()
    {
        var statistics = TraceStatistics.Of(CommittedTraces.Azure);

        Assert.Equal(19_366, statistics.Requests);
        Assert.Equal(3502, statistics.Duration.TotalSeconds, 0.5);
        Assert.Equal(1.09, statistics.ArrivalVariation, 0.005);
        Assert.Equal((1020, 2735, 4142), (statistics.InputLength(.5), statistics.InputLength(.9), statistics.InputLength(.99)));
        Assert.Equal((129, 424, 601), (statistics.OutputLength(.5), statistics.OutputLength(.9), statistics.OutputLength(.99)));
        Assert.Equal((22_361_870, 4_088_665), (statistics.InputTokens, statistics.OutputTokens));
    }

    [Fact]
    public void Of_Mooncake_GivesWhatIsKnownOfIt()
    {
        var statistics = TraceStatistics.Of(CommittedTraces.Mooncake);

        Assert.Equal((3_993, 1_022_025), (statistics.Requests, statistics.Duration.TotalMilliseconds));
        Assert.Equal((61_194_628, 595_432), (statistics.InputTokens, statistics.OutputTokens));
        Assert.Equal((121_877, 77_953), (statistics.PrefixBlocks, statistics.RepeatedPrefixBlocks));
        Assert.Equal(0.640, statistics.IdealHitRate, 0.0005);
    }

    [Fact]
    public void Of_OneRequest_HasNoVariation()
    {
        var statistics = TraceStatistics.Of([new TraceRequest(TimeSpan.Zero, 7, 3, [])]);

        Assert.Equal((0, 7, 3, 0), (statistics.ArrivalVariation, statistics.InputLength(.01), statistics.OutputLength(1), statistics.IdealHitRate));
    }
}
