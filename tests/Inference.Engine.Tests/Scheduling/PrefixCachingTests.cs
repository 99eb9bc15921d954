using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

/// <summary>What the prefix cache changes in plans, and what it must not change.</summary>
public sealed class PrefixCachingTests
{
    private static readonly ModelLimits TwelveBlocks = new(VocabularySize: 97, MaxModelLength: 100, BlockSize: 4, BlockCount: 12);

    [Theory]
    [InlineData(13, 12)]
    [InlineData(12, 8)]
    [InlineData(9, 8)]
    [InlineData(3, 0)]
    public async Task Schedule_SamePromptAgain_ComputesOnlyWhatIsNotInWholeBlocksAndTheLastToken(int promptLength, int cached)
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        var request = TestRequest.Greedy(promptLength, maxTokens: 2);
        var first = harness.Submit(request);
        await harness.RunToEndAsync();

        var second = harness.Submit(request);
        await harness.RunToEndAsync();

        Assert.Equal((0, cached), (first.CachedTokens, second.CachedTokens));
        var step = harness.Executor.Plans[2].Sequences.Span[0];
        Assert.Equal((cached, promptLength - cached), (step.PastLength, step.TokenCount));
        Assert.Equal(
            (await SchedulerHarness.ResponseAsync(first)).TokenIds, (await SchedulerHarness.ResponseAsync(second)).TokenIds);
    }

    [Fact]
    public async Task Schedule_NextTurnOfAConversation_FindsPromptAndAnswer()
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        var prompt = TestRequest.Prompt(6);
        harness.Submit(TestRequest.Greedy(prompt, maxTokens: 8));
        await harness.RunToEndAsync();

        var turn = harness.Submit(TestRequest.Greedy([.. prompt, .. harness.Executor.Continue(prompt, 8), 1, 2], maxTokens: 1));
        await harness.RunToEndAsync();

        // 6 + 8 tokens, of which the last was never computed: 13, three whole blocks.
        Assert.Equal(12, turn.CachedTokens);
    }

    [Fact]
    public async Task Schedule_WhileTheFirstStillRuns_SharesItsBlocks()
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        var first = harness.Submit(TestRequest.Greedy(promptLength: 9, maxTokens: 9));
        await harness.StepAsync();
        var second = harness.Submit(TestRequest.Greedy(promptLength: 9, maxTokens: 9));
        await harness.StepAsync();

        Assert.Equal(8, second.CachedTokens);
        Assert.Equal(first.Blocks.Blocks.ToArray()[..2], second.Blocks.Blocks.ToArray()[..2]);
        Assert.Equal(4, harness.Scheduler.Status.BlocksUsed);
        harness.Scheduler.End(first.Id, FinishReason.Cancelled);
        await harness.RunToEndAsync();
        Assert.Equal(
            harness.Executor.Continue(second.Request.PromptTokenIds.Span, 9), (await SchedulerHarness.ResponseAsync(second)).TokenIds);
    }

    [Fact]
    public async Task Schedule_BothInOneStep_EndUpWithOneCopy()
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        var first = harness.Submit(TestRequest.Greedy(promptLength: 9, maxTokens: 9));
        var second = harness.Submit(TestRequest.Greedy(promptLength: 9, maxTokens: 9));
        await harness.StepAsync();

        Assert.Equal((0, 0), (first.CachedTokens, second.CachedTokens));
        Assert.Equal(first.Blocks.Blocks.ToArray()[..2], second.Blocks.Blocks.ToArray()[..2]);
        Assert.Equal(4, harness.Scheduler.Status.BlocksUsed);
        await harness.RunToEndAsync();
    }

    [Theory]
    [InlineData(null, "a")]
    [InlineData("a", "b")]
    [InlineData("a", null)]
    public async Task Schedule_OtherSalt_SharesNothing(string? saltOfFirst, string? saltOfSecond)
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        var request = TestRequest.Greedy(promptLength: 13, maxTokens: 2);
        harness.Submit(request with { CacheSalt = saltOfFirst });
        await harness.RunToEndAsync();

        var second = harness.Submit(request with { CacheSalt = saltOfSecond });
        var again = harness.Submit(request with { CacheSalt = saltOfFirst });
        await harness.RunToEndAsync();

        Assert.Equal((0, 12), (second.CachedTokens, again.CachedTokens));
    }

    [Fact]
    public async Task Schedule_Disabled_SharesNothing()
    {
        using var harness = new SchedulerHarness(TwelveBlocks, new SchedulerOptions { EnablePrefixCaching = false });
        var request = TestRequest.Greedy(promptLength: 13, maxTokens: 2);
        harness.Submit(request);
        await harness.RunToEndAsync();

        var second = harness.Submit(request);
        await harness.RunToEndAsync();

        Assert.Equal(0, second.CachedTokens);
    }

    [Fact]
    public async Task Schedule_Preempted_FindsItsOwnBlocksAgain()
    {
        using var harness = new SchedulerHarness(TwelveBlocks, new SchedulerOptions { Conservativeness = 0 });
        harness.Submit(TestRequest.Greedy(promptLength: 16, maxTokens: 16, seed: 1));
        var second = harness.Submit(TestRequest.Greedy(promptLength: 16, maxTokens: 16, seed: 2));

        await harness.RunToEndAsync();

        // Preempted with 24 tokens computed, 6 blocks; the first one's growth took 2 of them, from the end, before it was done.
        Assert.Equal(1, second.PreemptionCount);
        var steps = harness.Executor.Plans.SelectMany(plan => plan.Sequences.ToArray()).Where(step => step.SequenceId == 2);
        Assert.Equal(16, steps.Where(step => step.TokenCount > 1).Last().PastLength);
        Assert.Equal(0, second.CachedTokens);
        Assert.Equal(
            harness.Executor.Continue(second.Request.PromptTokenIds.Span, 16), (await SchedulerHarness.ResponseAsync(second)).TokenIds);
    }

    [Fact]
    public async Task Fail_StepThatContinuesCachedBlocks_LeavesThemUsable()
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        var request = TestRequest.Greedy(promptLength: 13, maxTokens: 2);
        harness.Submit(request);
        await harness.RunToEndAsync();
        harness.Executor.FailWith = plan => plan.StepIndex == 2 ? new ExecutionException("Scripted failure.") : null;

        harness.Submit(request);
        var third = harness.Submit(request);
        await harness.StepAsync();
        var fourth = harness.Submit(request);
        await harness.RunToEndAsync();

        Assert.Equal((12, 12), (third.CachedTokens, fourth.CachedTokens));
        Assert.Equal(
            harness.Executor.Continue(request.PromptTokenIds.Span, 2), (await SchedulerHarness.ResponseAsync(fourth)).TokenIds);
    }

    [Fact]
    public async Task Schedule_CachedBlocksFillThePool_AreEvictedForNewOnes()
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        for (var seed = 0; seed < 30; seed++)
        {
            harness.Submit(TestRequest.Greedy(promptLength: 20 + seed % 9, maxTokens: 5, seed));
            await harness.RunToEndAsync();
        }
    }
}
