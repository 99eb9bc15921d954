using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Requests;

public sealed class AdapterTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void Retire_NobodyUsesIt_IsFreeAtOnceAndOnce()
    {
        var adapter = new TestAdapter();
        adapter.Retire();
        Assert.True(adapter.IsFree);
        adapter.Retire();
        Assert.False(adapter.TryHold());
    }

    [Fact]
    public void Retire_InUse_IsFreeWithTheLastUser()
    {
        var adapter = new TestAdapter();
        Assert.True(adapter.TryHold());
        Assert.True(adapter.TryHold());
        adapter.Retire();
        adapter.Release();
        Assert.False(adapter.IsFree);
        adapter.Release();
        Assert.True(adapter.IsFree);
        Assert.False(adapter.TryHold());
    }

    [Fact]
    public void TryHold_FromManyThreads_FreesOnceAndNeverTooEarly()
    {
        for (var round = 0; round < 200; round++)
        {
            var adapter = new TestAdapter();
            Parallel.For(0, 8, worker =>
            {
                if (worker == 4)
                {
                    adapter.Retire();
                }
                else if (adapter.TryHold())
                {
                    Assert.False(adapter.IsFree);
                    adapter.Release();
                }
            });
            Assert.True(adapter.IsFree);
        }
    }

    [Fact]
    public async Task Submit_WithAdapter_PlansNameItAndItsEndGivesItBack()
    {
        await using var host = new EngineHost();
        var adapter = new TestAdapter();
        await host.RunAsync(TestRequest.Greedy(5, 3) with { Adapter = adapter }, TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        await host.RunAsync(TestRequest.Greedy(5, 3), TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);

        var adapters = host.Executor.Plans.Select(plan => Assert.Single(plan.Sequences.ToArray()).Adapter).Distinct();
        Assert.Equal([adapter, null], adapters);
        Assert.False(adapter.IsFree);
        adapter.Retire();
        Assert.True(adapter.IsFree);
    }

    [Fact]
    public async Task Retire_WhileARequestRuns_LetsItEndFirst()
    {
        await using var host = new EngineHost(start: false);
        var adapter = new TestAdapter();
        var stream = host.Submit(TestRequest.Greedy(5, 30) with { Adapter = adapter });
        adapter.Retire();
        Assert.False(adapter.IsFree);
        host.Engine.Start();
        var response = await CollectedResponse.ReadAsync(stream, TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal(30, response.TokenIds.Count);
        await adapter.Freed.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Submit_RetiredAdapter_IsRejectedInWords()
    {
        await using var host = new EngineHost();
        var adapter = new TestAdapter();
        adapter.Retire();
        var response = await host.RunAsync(TestRequest.Greedy(5, 3) with { Adapter = adapter }, TestContext.Current.CancellationToken)
            .WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal(FinishReason.Rejected, response.Outcome.Reason);
        Assert.Contains("unloaded", response.Outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_QueueIsFull_GivesTheAdapterBack()
    {
        await using var host = new EngineHost(options: new SchedulerOptions { MaxQueueLength = 1 }, start: false);
        var adapter = new TestAdapter();
        host.Submit(TestRequest.Greedy(5, 3));
        Assert.Equal(SubmitOutcome.QueueFull, host.Engine.TrySubmit(TestRequest.Greedy(5, 3) with { Adapter = adapter }, out _));
        adapter.Retire();
        Assert.True(adapter.IsFree);
    }

    [Fact]
    public async Task Submit_BeamSearch_GivesTheAdapterBackOnce()
    {
        await using var host = new EngineHost();
        var adapter = new TestAdapter();
        var request = TestRequest.Greedy(5, 4) with { Adapter = adapter, Beams = new BeamSearchParameters { Width = 3, Answers = 2 } };
        await host.RunAsync(request, TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.False(adapter.IsFree);
        Assert.All(host.Executor.Plans, plan => Assert.All(plan.Sequences.ToArray(), step => Assert.Same(adapter, step.Adapter)));
        adapter.Retire();
        await adapter.Freed.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Dispose_RequestsAreLeft_GivesTheirAdapterBack()
    {
        var host = new EngineHost(start: false);
        var adapter = new TestAdapter();
        host.Submit(TestRequest.Greedy(5, 3) with { Adapter = adapter });
        await host.DisposeAsync();
        adapter.Retire();
        Assert.True(adapter.IsFree);
    }

    /// <summary>The keys and values of one adapter's tokens are nobody else's, not even a later one's of the same name.</summary>
    [Fact]
    public async Task Submit_SamePromptWithOtherAdapters_SharesNoPrefix()
    {
        await using var host = new EngineHost();
        var request = TestRequest.Greedy(13, 2);
        Adapter[] adapters = [new TestAdapter(), new TestAdapter()];
        Assert.Equal(0, await CachedAsync(request));
        Assert.Equal(12, await CachedAsync(request));
        foreach (var adapter in adapters)
        {
            Assert.Equal(0, await CachedAsync(request with { Adapter = adapter }));
            Assert.Equal(12, await CachedAsync(request with { Adapter = adapter }));
            Assert.Equal(0, await CachedAsync(request with { Adapter = adapter, CacheSalt = "salt" }));
        }

        Assert.Equal(12, await CachedAsync(request));

        async Task<int> CachedAsync(InferenceRequest asked)
        {
            var before = host.Executor.Plans.Count;
            await host.RunAsync(asked, TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
            return host.Executor.Plans[before].Sequences.Span[0].PastLength;
        }
    }
}
