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
        using var isCancelled = new ManualResetEventSlim();
        int startedBefore = 0, startedAfter = 0;

        Assert.Throws<OperationCanceledException>(() => ParallelWork.ForEach(Enumerable.Repeat(0, int.MaxValue), _ =>
        {
            // The token says so before the loop is told: until then each worker stays with one item.
            if (cancellation.IsCancellationRequested)
            {
                Interlocked.Increment(ref startedAfter);
                isCancelled.Wait(TestContext.Current.CancellationToken);
            }
            else if (Interlocked.Increment(ref startedBefore) == 10)
            {
                cancellation.Cancel();
                isCancelled.Set();
            }
        }, cancellation.Token));

        Assert.InRange(startedAfter, 0, Environment.ProcessorCount);
    }
}
