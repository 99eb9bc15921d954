using Inference.Models.Conversion;

namespace Inference.Models.Tests.Conversion;

public sealed class ParallelWorkTests
{
    [Fact]
    public void ForEach_WorkFails_ThrowsItsException()
    {
        var exception = Assert.Throws<ModelFormatException>(() => ParallelWork.ForEach(
            Enumerable.Range(0, 1000), item => throw new ModelFormatException($"item {item}"), TestContext.Current.CancellationToken));

        Assert.StartsWith("item ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForEach_Cancelled_StartsNoMoreItems()
    {
        using var cancellation = new CancellationTokenSource();
        var started = 0;

        Assert.Throws<OperationCanceledException>(() => ParallelWork.ForEach(Enumerable.Range(0, 100_000), _ =>
        {
            var number = Interlocked.Increment(ref started);
            if (number == 10)
            {
                cancellation.Cancel();
            }
            else if (number > 10)
            {
                cancellation.Token.WaitHandle.WaitOne();
            }
        }, cancellation.Token));

        Assert.InRange(started, 10, 10 + Environment.ProcessorCount);
    }
}
