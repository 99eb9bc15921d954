namespace Inference.Execution.Tests;

public sealed class ExecutionTurnsTests
{
    private readonly ExecutionTurns _turns = new();

    [Fact]
    public async Task Take_Free_IsAtOnce()
    {
        for (var i = 0; i < 2; i++)
        {
            var turn = _turns.TakeAsync(TestContext.Current.CancellationToken).AsTask();
            Assert.True(turn.IsCompletedSuccessfully);
            (await turn).Dispose();
        }
    }

    [Fact]
    public async Task Take_Several_GoInTheOrderInWhichTheyAsked()
    {
        var first = await _turns.TakeAsync(TestContext.Current.CancellationToken);
        var order = new List<int>();
        var waiting = Enumerable.Range(0, 20).Select(RunAsync).ToArray();
        Assert.Empty(order);

        first.Dispose();
        await Task.WhenAll(waiting);

        Assert.Equal(Enumerable.Range(0, 20), order);

        // No lock: whoever has the turn is alone.
        async Task RunAsync(int number)
        {
            using var turn = await _turns.TakeAsync(TestContext.Current.CancellationToken);
            await Task.Yield();
            order.Add(number);
        }
    }

    [Fact]
    public async Task Take_CancelledWhileWaiting_LetsTheNextOneByInTime()
    {
        var first = await _turns.TakeAsync(TestContext.Current.CancellationToken);
        using var cancellation = new CancellationTokenSource();
        var second = _turns.TakeAsync(cancellation.Token).AsTask();
        var third = _turns.TakeAsync(TestContext.Current.CancellationToken).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(third.IsCompleted);

        first.Dispose();
        (await third).Dispose();
    }
}
