using System.Collections.Concurrent;
using Inference.Models.Graphs.Int8;

namespace Inference.Models.Tests.Graphs.Int8;

public sealed class SharedWorkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Complete_Alone_DoesEveryItemOnce()
    {
        var done = new List<int>();
        var work = new SharedWork(5, done.Add);

        work.Complete(Cancellation);
        work.Complete(Cancellation);

        Assert.Equal([0, 1, 2, 3, 4], done);
    }

    [Fact(Timeout = 60_000)]
    public async Task Complete_TwoThreads_ShareTheItems()
    {
        // No item ends before both threads have begun one.
        using var bothWork = new Barrier(2);
        var workers = new ConcurrentDictionary<int, int>();
        var done = new ConcurrentBag<int>();
        var work = new SharedWork(10, Do);

        await Task.WhenAll(Start(work), Start(work)).WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, workers.Count);
        Assert.Equal(Enumerable.Range(0, 10), done.Order());

        void Do(int item)
        {
            if (workers.TryAdd(Environment.CurrentManagedThreadId, item))
            {
                bothWork.SignalAndWait(Cancellation);
            }
            done.Add(item);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Complete_AnotherIsBusyWithTheLastItem_WaitsForIt()
    {
        using var begun = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var ended = false;
        var work = new SharedWork(1, _ =>
        {
            begun.Set();
            mayEnd.Wait(Cancellation);
            ended = true;
        });
        var busy = Start(work);
        begun.Wait(Cancellation);

        var waiting = Start(work);
        Assert.False(waiting.IsCompleted);
        mayEnd.Set();
        await waiting.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(ended);
        await busy;
    }

    [Fact]
    public void Complete_ItemFails_ThrowsTheSameEachTimeAndDoesNoMore()
    {
        var done = new List<int>();
        var work = new SharedWork(5, item =>
        {
            done.Add(item);
            if (item == 2)
            {
                throw new ModelFormatException("item 2");
            }
        });

        Assert.Equal("item 2", Assert.Throws<ModelFormatException>(() => work.Complete(Cancellation)).Message);
        Assert.Equal("item 2", Assert.Throws<ModelFormatException>(() => work.Complete(Cancellation)).Message);
        Assert.Equal([0, 1, 2], done);
    }

    [Fact(Timeout = 60_000)]
    public async Task Complete_AnotherFailsWithTheLastItem_ThrowsItsException()
    {
        using var begun = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var work = new SharedWork(1, _ =>
        {
            begun.Set();
            mayEnd.Wait(Cancellation);
            throw new ModelFormatException("last");
        });
        var busy = Start(work);
        begun.Wait(Cancellation);
        var waiting = Start(work);
        mayEnd.Set();

        await Assert.ThrowsAsync<ModelFormatException>(() => busy.WaitAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ModelFormatException>(() => waiting.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Complete_Cancelled_StopsBeforeTheNextItem()
    {
        using var cancellation = new CancellationTokenSource();
        var done = 0;
        var work = new SharedWork(5, item =>
        {
            done++;
            if (item == 1)
            {
                cancellation.Cancel();
            }
        });

        Assert.Throws<OperationCanceledException>(() => work.Complete(cancellation.Token));

        Assert.Equal(2, done);
    }

    private static Task Start(SharedWork work) =>
        Task.Factory.StartNew(() => work.Complete(Cancellation), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
