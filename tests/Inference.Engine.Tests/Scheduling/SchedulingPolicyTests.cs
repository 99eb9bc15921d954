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
}
