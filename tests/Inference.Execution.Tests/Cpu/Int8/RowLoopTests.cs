using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed class RowLoopTests
{
    [Theory]
    [InlineData(32, 200, 32)]
    [InlineData(512, 200, 20)]
    [InlineData(8, 20000, 1)]
    [InlineData(1, 1000000, 1)]
    [InlineData(0, 100, 1)]
    [InlineData(5, 0, 5)]
    public void RowsPerIteration_ByCost_AreAllOrAFewMicrosecondsWorth(int rows, int nanoseconds, int expected) =>
        Assert.Equal(expected, RowLoop.RowsPerIteration(rows, nanoseconds));
}
