using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

public sealed class SiblingGroupsTests
{
    private static readonly ModelLimits Limits = new(VocabularySize: 97, MaxModelLength: 100, BlockSize: 4, BlockCount: 40);

    [Theory]
    [InlineData(true, CacheAllocation.Paged)]
    [InlineData(false, CacheAllocation.Paged)]
    [InlineData(false, CacheAllocation.Contiguous)]
    public async Task Schedule_FourChoicesOfOnePrompt_ComputeItOnceAndShareItsBlocks(bool caching, CacheAllocation allocation)
    {
        using var harness = new SchedulerHarness(Limits, new SchedulerOptions { EnablePrefixCaching = caching, Allocation = allocation });
        var choices = Submit(harness, count: 4);
        await harness.StepAsync();
        Assert.Equal((1, 3), (harness.Scheduler.Status.Running, harness.Scheduler.Status.Waiting));
        await harness.StepAsync();

        // All but the last token of the prompt, which each computes for itself, in a copy of the block that is filled in part.
        Assert.Equal([0, 21, 21, 21], choices.Select(choice => choice.CachedTokens));
        Assert.Equal([0, 3], harness.Executor.Plans.Select(plan => plan.Copies.Length));
        Assert.Equal([22, 1 + 3], harness.Executor.Plans.Select(plan => plan.TokenIds.Length));
        // Five full blocks are everybody's, and each has its own for what comes after: of 22 prompt tokens, and at most 6 more.
        Assert.Equal(5 + 4 * (allocation == CacheAllocation.Paged ? 1 : 2), harness.Scheduler.Status.BlocksUsed);
        await harness.RunToEndAsync();
        await AssertAsAloneAsync(choices);
    }

    [Fact]
    public async Task Schedule_PromptEndsWithABlock_CopiesItForTheLastToken()
    {
        using var harness = new SchedulerHarness(Limits);
        var choices = Submit(harness, count: 3, promptLength: 20);
        await harness.StepAsync();
        await harness.StepAsync();

        Assert.Equal([0, 19, 19], choices.Select(choice => choice.CachedTokens));
        Assert.All(harness.Executor.Plans[1].Copies.ToArray(), copy => Assert.Equal(choices[0].Blocks.Blocks.Span[4], copy.Source));
        await harness.RunToEndAsync();
        await AssertAsAloneAsync(choices);
    }

    [Fact]
    public async Task Schedule_SiblingIsLongPastThePrompt_ItsBlocksServeStill()
    {
        using var harness = new SchedulerHarness(Limits, new SchedulerOptions { MaxNumSeqs = 2, EnablePrefixCaching = false });
        var choices = Submit(harness, count: 4, i => 6 + 5 * i);
        await harness.RunToEndAsync();

        Assert.Equal([0, 21, 21, 21], choices.Select(choice => choice.CachedTokens));
        await AssertAsAloneAsync(choices);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Schedule_PreemptedChoice_TakesOverWhatASiblingHas(bool caching)
    {
        var options = new SchedulerOptions { EnablePrefixCaching = caching, Conservativeness = 0 };
        using var harness = new SchedulerHarness(Limits with { BlockCount = 12 }, options);
        var choices = Submit(harness, count: 3, _ => 18);
        while (choices[2].PreemptionCount == 0)
            await harness.StepAsync();
        harness.Scheduler.End(choices[1].Id, FinishReason.Cancelled);
        await harness.StepAsync();

        var step = harness.Executor.Plans[^1].Sequences.ToArray().Single(step => step.SequenceId == choices[2].Id);
        Assert.True(step.PastLength >= (caching ? 24 : 22), $"only {step.PastLength} of {choices[2].TotalLength} tokens were taken over");
        await harness.RunToEndAsync();
        await AssertAsAloneAsync([choices[0], choices[2]]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task Cancel_OneOfThem_TheOthersGoOn(int choice, int steps)
    {
        using var harness = new SchedulerHarness(Limits, new SchedulerOptions { MaxNumSeqs = 4, MaxNumBatchedTokens = 8, Policy = QueuePolicy.Fair });
        var choices = Submit(harness, count: 4);
        for (var i = 0; i < steps; i++)
            await harness.StepAsync();
        harness.Scheduler.End(choices[choice].Id, FinishReason.Cancelled);
        await harness.RunToEndAsync();

        await AssertAsAloneAsync(choices.Where((_, index) => index != choice));
        Assert.Equal(FinishReason.Cancelled, (await SchedulerHarness.ResponseAsync(choices[choice])).Outcome.Reason);
    }

    [Fact]
    public async Task Fail_StepOfThePrompt_TheNextOneComputesIt()
    {
        using var harness = new SchedulerHarness(Limits);
        harness.Executor.FailWith = plan => plan.StepIndex == 0 ? new ExecutionException("Scripted failure.") : null;
        var choices = Submit(harness, count: 3);
        await harness.RunToEndAsync();

        Assert.Equal([0, 0, 21], choices.Select(choice => choice.CachedTokens));
        await AssertAsAloneAsync(choices[1..]);
    }

    private static Sequence[] Submit(SchedulerHarness harness, int count, Func<int, int>? maxTokens = null, int promptLength = 22) =>
    [
        .. Enumerable.Range(0, count).Select(i => harness.Submit(TestRequest.Greedy(promptLength, maxTokens?.Invoke(i) ?? 6) with
        {
            PromptGroup = "group",
            Sampling = new SamplingParameters { Seed = (ulong)i },
        })),
    ];

    private static async Task AssertAsAloneAsync(IEnumerable<Sequence> sequences)
    {
        foreach (var sequence in sequences)
        {
            var alone = await SchedulerHarness.AloneAsync(sequence.Request, Limits);
            Assert.Equal(alone.TokenIds, (await SchedulerHarness.ResponseAsync(sequence)).TokenIds);
        }
    }
}
