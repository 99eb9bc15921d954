using Inference.Engine.Execution;
using Inference.Engine.Scheduling;

namespace Inference.Engine.Tests.Scheduling;

public sealed class SchedulingPolicyTests
{
    [Theory]
    [InlineData(10, 10, 0, true)]
    [InlineData(9, 10, 1, true)]
    [InlineData(10, 10, 1, false)]
    [InlineData(4, 10, 6, true)]
    [InlineData(5, 10, 6, false)]
    public void MayAdmit_LeavesABlockForEachRunningSequence(int needed, int free, int running, bool expected)
    {
        Assert.Equal(expected, SchedulingPolicy.MayAdmit(needed, free, running));
    }

    [Theory]
    [InlineData(1, 5, 1)]
    [InlineData(9, 5, 5)]
    public void ChunkLength_IsWithinTheBudget(int remaining, int budget, int expected)
    {
        Assert.Equal(expected, SchedulingPolicy.ChunkLength(remaining, budget));
    }

    [Theory]
    [InlineData(100, 16, 10, 100)]
    [InlineData(200, 16, 10, 160)]
    [InlineData(int.MaxValue, 1 << 20, 1 << 20, int.MaxValue)]
    public void MaxSequenceLength_IsTheLesserOfModelAndPool(int maxModelLength, int blockSize, int blockCount, int expected)
    {
        Assert.Equal(expected, SchedulingPolicy.MaxSequenceLength(new ModelLimits(10, maxModelLength, blockSize, blockCount)));
    }

    [Fact]
    public void PeakGrowth_AllEndTogether_IsTheSum() =>
        Assert.Equal(30, SchedulingPolicy.PeakGrowth([new Growth(10, 5), new Growth(10, 5), new Growth(10, 5)]));

    [Fact]
    public void PeakGrowth_EarlyEndsGiveRoom_IsLessThanTheSum()
    {
        // After 2 steps both have grown by 2; then the first gives back its 50 and its growth, so the other's 30 are less than that was.
        Assert.Equal(4, SchedulingPolicy.PeakGrowth([new Growth(30, 5), new Growth(2, 50)]));
    }

    [Fact]
    public void PeakGrowth_RandomSequences_IsTheHighestOfAStepByStepSimulation()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var growths = Enumerable.Range(0, random.Next(1, 12)).Select(_ => new Growth(random.Next(30), random.Next(60))).ToArray();
            var simulated = Enumerable.Range(0, 31).Max(time => growths.Sum(growth => growth.Remaining >= time ? time : -growth.Own));

            Assert.Equal(Math.Max(0, simulated), SchedulingPolicy.PeakGrowth([.. growths]));
        }
    }
}
