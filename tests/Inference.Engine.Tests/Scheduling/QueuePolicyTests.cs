using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

public sealed class QueuePolicyTests
{
    private static readonly SchedulerOptions OneAtATime = new() { MaxNumSeqs = 1, MaxNumBatchedTokens = 64 };

    [Fact]
    public async Task Priority_LowerNumber_ComesFirst()
    {
        using var harness = new SchedulerHarness(options: OneAtATime with { Policy = QueuePolicy.Priority });
        foreach (var priority in new[] { 0, 2, -1, 0, -1 })
            harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 1) with { Priority = priority });

        Assert.Equal([3, 5, 1, 4, 2], await OrderAsync(harness));
    }

    [Fact]
    public async Task Priority_WaitedForALevelsWorth_IsNotOvertakenAnyMore()
    {
        var options = OneAtATime with { Policy = QueuePolicy.Priority, PriorityAgeing = TimeSpan.FromSeconds(5) };
        using var harness = new SchedulerHarness(options: options);
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 1) with { Priority = 1 });
        harness.Time.Advance(TimeSpan.FromSeconds(4));
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 1));
        harness.Time.Advance(TimeSpan.FromSeconds(2));
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 1));

        Assert.Equal([2, 1, 3], await OrderAsync(harness));
    }

    [Fact]
    public async Task Priority_BlocksRunOut_TheLeastUrgentGivesWay()
    {
        var limits = new Inference.Engine.Execution.ModelLimits(VocabularySize: 97, MaxModelLength: 100, BlockSize: 4, BlockCount: 12);
        var options = new SchedulerOptions { Policy = QueuePolicy.Priority, Conservativeness = 0 };
        using var harness = new SchedulerHarness(limits, options);
        var early = harness.Submit(TestRequest.Greedy(promptLength: 16, maxTokens: 16, seed: 1) with { Priority = 1 });
        await harness.StepAsync();
        var urgent = harness.Submit(TestRequest.Greedy(promptLength: 16, maxTokens: 16, seed: 2));
        await harness.RunToEndAsync();

        Assert.Equal((1, 0), (early.PreemptionCount, urgent.PreemptionCount));
    }

    [Fact]
    public async Task Deadline_EarliestFirstAndThoseWithoutOneByPatience()
    {
        var options = OneAtATime with { Policy = QueuePolicy.Deadline, Patience = TimeSpan.FromSeconds(30) };
        using var harness = new SchedulerHarness(options: options);
        foreach (var seconds in new int?[] { null, 40, 10, 20 })
        {
            TimeSpan? deadline = seconds is { } value ? TimeSpan.FromSeconds(value) : null;
            harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 1) with { Deadline = deadline });
        }

        Assert.Equal([3, 4, 1, 2], await OrderAsync(harness));
    }

    [Theory]
    [InlineData(QueuePolicy.Fcfs)]
    [InlineData(QueuePolicy.Deadline)]
    public async Task AnyPolicy_DeadlinePassesInTheQueue_EndsExpiredAndOneThatRunsGoesOn(QueuePolicy policy)
    {
        using var harness = new SchedulerHarness(options: OneAtATime with { Policy = policy });
        var running = harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 5) with { Deadline = TimeSpan.FromSeconds(1) });
        await harness.StepAsync();
        var waiting = harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 5) with { Deadline = TimeSpan.FromSeconds(2) });
        harness.Time.Advance(TimeSpan.FromSeconds(2));
        await harness.RunToEndAsync();

        var refused = await SchedulerHarness.ResponseAsync(waiting);
        Assert.Equal((FinishReason.Expired, 0), (refused.Outcome.Reason, refused.TokenIds.Count));
        Assert.Contains("deadline", refused.Outcome.Error, StringComparison.Ordinal);
        Assert.Equal(FinishReason.Length, (await SchedulerHarness.ResponseAsync(running)).Outcome.Reason);
    }

    [Fact]
    public async Task Fair_ClientWithManyRequests_SharesWithTheOtherByWeight()
    {
        using var harness = new SchedulerHarness(options: OneAtATime with { Policy = QueuePolicy.Fair });
        var clients = new Dictionary<long, string>();
        foreach (var (client, weight) in Enumerable.Repeat(("greedy", 1.0), 12).Concat(Enumerable.Repeat(("heavy", 2.0), 12)))
        {
            var sequence = harness.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 3, seed: clients.Count) with { Client = client, ClientWeight = weight });
            clients[sequence.Id] = client;
        }

        var order = (await OrderAsync(harness)).Select(id => clients[id]).ToList();

        // While both wait, two of the heavy client's requests are served for each one of the other's, although all of those came before.
        Assert.Equal(8, order.Take(12).Count(client => client == "heavy"));
    }

    [Fact]
    public async Task Fair_ClientComesBackAfterAPause_HasNoClaimOnWhatItLeftUnused()
    {
        using var harness = new SchedulerHarness(options: OneAtATime with { Policy = QueuePolicy.Fair });
        var clients = new Dictionary<long, string>();
        void Submit(string client) => clients[harness.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 2, seed: clients.Count) with { Client = client }).Id] = client;

        for (var i = 0; i < 8; i++)
            Submit("busy");
        for (var i = 0; i < 8; i++)
            await harness.StepAsync();
        for (var i = 0; i < 4; i++)
            Submit("newcomer");
        var order = (await OrderAsync(harness)).Select(id => clients[id]).ToList();

        // They take turns from now on: the newcomer does not first get all that the busy one has had before.
        Assert.InRange(order.Skip(4).Take(4).Count(client => client == "newcomer"), 1, 3);
    }

    /// <summary>The sequences in the order in which they were first in a step.</summary>
    private static async Task<List<int>> OrderAsync(SchedulerHarness harness)
    {
        await harness.RunToEndAsync();
        return [.. harness.Executor.Plans.Select(plan => (int)plan.Sequences.Span[0].SequenceId).Distinct()];
    }
}
