using Inference.Engine.Speculation;

namespace Inference.Engine.Tests.Speculation;

public sealed class SpeculationPolicyTests
{
    private static readonly SpeculationOptions Options = new() { NumSpeculativeTokens = 5, MaxStepTokens = 16 };

    [Theory]
    [InlineData(1, 255, 15)]
    [InlineData(1, 3, 3)]
    [InlineData(16, 240, 0)]
    [InlineData(40, 216, 0)]
    [InlineData(10, 0, 0)]
    public void Room_IsWhatIsLeftOfBoundAndBudget(int tokens, int budget, int room) =>
        Assert.Equal(room, SpeculationPolicy.Room(Options, tokens, budget));

    [Theory]
    [InlineData(100, 15, 4)]
    [InlineData(100, 2, 2)]
    [InlineData(4, 15, 3)]
    [InlineData(1, 15, 0)]
    public void Length_LeavesATokenToBeSampled(int remaining, int room, int length) =>
        Assert.Equal(length, SpeculationPolicy.Length(Options, SpeculationPolicy.Initial, 1, remaining, room));

    [Fact]
    public void After_AllRejected_PausesForLongerAndLonger()
    {
        var acceptance = SpeculationPolicy.Initial;
        var (generated, proposals) = (0, new List<int>());
        while (generated < 2000)
        {
            if (SpeculationPolicy.Length(Options, acceptance, generated, 100, 15) > 0)
            {
                proposals.Add(generated);
                acceptance = SpeculationPolicy.After(acceptance, 5, 0, generated);
            }

            generated++;
        }

        // A few in a row at first, then single ones.
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], proposals.TakeWhile((at, i) => at == i));
        var gaps = proposals.Skip(7).Zip(proposals.Skip(6), (later, earlier) => later - earlier).ToArray();
        Assert.Equal([16, 32, 64, 128, 128, 128], gaps.Take(6));
    }

    [Fact]
    public void After_SuccessOnTrial_GoesOn()
    {
        var acceptance = Paused();
        var resumed = SpeculationPolicy.After(acceptance, 5, 5, acceptance.ResumeAt);

        Assert.True(SpeculationPolicy.Length(Options, resumed, acceptance.ResumeAt + 6, 100, 15) > 0);
        Assert.Equal(acceptance.Pause, resumed.Pause);
        for (var i = 0; i < 20; i++)
            resumed = SpeculationPolicy.After(resumed, 5, 5, 100);
        Assert.Equal(SpeculationPolicy.Initial.Pause, resumed.Pause);
    }

    [Fact]
    public void Length_Paused_IsNothingUntilThePauseIsOver()
    {
        var acceptance = Paused();

        Assert.Equal(0, SpeculationPolicy.Length(Options, acceptance, acceptance.ResumeAt - 1, 100, 15));
        Assert.Equal(2, SpeculationPolicy.Length(Options, acceptance, acceptance.ResumeAt, 100, 15));
    }

    [Fact]
    public void After_ShareAboveTheLowest_NeverPauses()
    {
        var acceptance = SpeculationPolicy.Initial;
        for (var i = 0; i < 1000; i++)
            acceptance = SpeculationPolicy.After(acceptance, 4, 1, i);

        Assert.Equal(0, acceptance.ResumeAt);
        Assert.Equal(0.25, acceptance.Rate, 6);
    }

    [Fact]
    public void After_AllAccepted_ProposesTwiceAsManyUpToTheBound()
    {
        var options = Options with { NumSpeculativeTokens = 15 };
        var acceptance = SpeculationPolicy.Initial;
        var lengths = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            lengths.Add(SpeculationPolicy.Length(options, acceptance, i, 100, 100));
            acceptance = SpeculationPolicy.After(acceptance, lengths[^1], lengths[^1], i);
        }

        Assert.Equal([4, 8, 15, 15], lengths);
    }

    [Theory]
    [InlineData(8, 8, 3, 4)]
    [InlineData(8, 8, 0, 2)]
    [InlineData(8, 5, 5, 8)]
    [InlineData(8, 5, 4, 5)]
    [InlineData(64, 64, 64, 64)]
    public void After_SomeRejectedOrCutShort_ProposesWhatHeld(int length, int proposed, int accepted, int next) =>
        Assert.Equal(next, SpeculationPolicy.After(new Acceptance(1, length, 0, 16), proposed, accepted, 10).Length);

    private static Acceptance Paused()
    {
        var acceptance = SpeculationPolicy.Initial;
        while (acceptance.ResumeAt == 0)
            acceptance = SpeculationPolicy.After(acceptance, 5, 0, 10);
        return acceptance;
    }
}
