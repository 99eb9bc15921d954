using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

public sealed class PromptGroupTests
{
    private static readonly ModelLimits Limits = new(VocabularySize: 97, MaxModelLength: 100, BlockSize: 4, BlockCount: 40);

    [Fact]
    public async Task Schedule_FourChoicesOfOnePrompt_ComputeItOnceAndShareItsBlocks()
    {
        using var harness = new SchedulerHarness(Limits);
        var choices = Submit(harness, count: 4);
        await harness.StepAsync();
        Assert.Equal((1, 3), (harness.Scheduler.Status.Running, harness.Scheduler.Status.Waiting));
        await harness.StepAsync();

        Assert.Equal([0, 20, 20, 20], choices.Select(choice => choice.CachedTokens));
        // Five full blocks are everybody's, and each has its own for what comes after: 22 prompt tokens.
        Assert.Equal(5 + 4, harness.Scheduler.Status.BlocksUsed);
        await harness.RunToEndAsync();
        await AssertAsAloneAsync(choices);
    }

    [Fact]
    public async Task Schedule_WithoutPrefixCache_NobodyWaits()
    {
        using var harness = new SchedulerHarness(Limits, new SchedulerOptions { EnablePrefixCaching = false });
        var choices = Submit(harness, count: 4);
        await harness.StepAsync();

        Assert.Equal(4, harness.Scheduler.Status.Running);
        await harness.RunToEndAsync();
        await AssertAsAloneAsync(choices);
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
        harness.Scheduler.Cancel(choices[choice].Id);
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

        Assert.Equal([0, 0, 20], choices.Select(choice => choice.CachedTokens));
        await AssertAsAloneAsync(choices[1..]);
    }

    private static Sequence[] Submit(SchedulerHarness harness, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => harness.Submit(TestRequest.Greedy(promptLength: 22, maxTokens: 6) with
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
