using Inference.Engine.Execution;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

public sealed class BatchingModeTests
{
    private static readonly ModelLimits TwelveBlocks = new(VocabularySize: 97, MaxModelLength: 100, BlockSize: 4, BlockCount: 12);

    private static readonly SchedulerOptions Dynamic = new() { Batching = BatchingMode.Dynamic, BatchSize = 2, MaxBatchDelay = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public void Dynamic_BatchIsNotFull_WaitsForTheDelay()
    {
        using var harness = new SchedulerHarness(options: Dynamic);
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 2));

        Assert.Null(harness.Scheduler.Schedule());
        Assert.Equal(TimeSpan.FromMilliseconds(100), harness.Scheduler.WakeAfter);
        harness.Time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Null(harness.Scheduler.Schedule());
        Assert.Equal(TimeSpan.FromMilliseconds(40), harness.Scheduler.WakeAfter);
        harness.Time.Advance(TimeSpan.FromMilliseconds(40));

        Assert.Equal(1, harness.Scheduler.Schedule()!.Plan.Sequences.Length);
    }

    [Fact]
    public void Dynamic_DeadlineComesBeforeTheBatchStarts_IsKeptToTheMoment()
    {
        using var harness = new SchedulerHarness(options: Dynamic);
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 2));
        var late = harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 2) with { Deadline = TimeSpan.FromMilliseconds(30) });

        Assert.Equal(TimeSpan.FromMilliseconds(30), harness.Scheduler.WakeAfter);
        harness.Time.Advance(TimeSpan.FromMilliseconds(30));

        Assert.Null(harness.Scheduler.Schedule());
        Assert.True(late.Status.IsFinished());
        Assert.Equal(TimeSpan.FromMilliseconds(70), harness.Scheduler.WakeAfter);
    }

    [Fact]
    public async Task Dynamic_BatchIsFull_RunsItToItsEndBeforeOthersJoin()
    {
        using var harness = new SchedulerHarness(options: Dynamic);
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 1));
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 4, seed: 1));
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 2, seed: 2));
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 2, seed: 3));

        await harness.RunToEndAsync();

        var steps = harness.Executor.Plans.Select(plan => string.Join(' ', plan.Sequences.ToArray().Select(step => step.SequenceId)));
        Assert.Equal(["1 2", "2", "2", "2", "3 4", "3 4"], steps);
    }

    [Fact]
    public async Task Dynamic_PromptsExceedTheStep_AllOfTheBatchStillJoin()
    {
        var options = Dynamic with { MaxNumSeqs = 2, MaxNumBatchedTokens = 6, MaxBatchDelay = TimeSpan.Zero };
        using var harness = new SchedulerHarness(options: options);
        harness.Submit(TestRequest.Greedy(promptLength: 10, maxTokens: 6));
        harness.Submit(TestRequest.Greedy(promptLength: 10, maxTokens: 2, seed: 1));
        await harness.StepAsync();
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 2, seed: 2));
        await harness.RunToEndAsync();

        Assert.Contains(harness.Executor.Plans, plan => plan.Sequences.Length == 2);
        var lastOfBatch = harness.Executor.Plans.Last(plan => plan.Sequences.ToArray().Any(step => step.SequenceId < 3)).StepIndex;
        Assert.Equal(lastOfBatch + 1, harness.Executor.Plans.First(plan => plan.Sequences.ToArray().Any(step => step.SequenceId == 3)).StepIndex);
    }

    [Fact]
    public async Task Contiguous_Joining_ReservesPromptAndMaxTokensAndNobodyIsPreempted()
    {
        using var harness = new SchedulerHarness(TwelveBlocks, new SchedulerOptions { Allocation = CacheAllocation.Contiguous });
        var first = harness.Submit(TestRequest.Greedy(promptLength: 8, maxTokens: 16, seed: 1));
        var second = harness.Submit(TestRequest.Greedy(promptLength: 8, maxTokens: 16, seed: 2));
        var third = harness.Submit(TestRequest.Greedy(promptLength: 8, maxTokens: 16, seed: 3));
        await harness.StepAsync();

        Assert.Equal((6, 6, 0), (first.Blocks.Count, second.Blocks.Count, third.Blocks.Count));
        await harness.RunToEndAsync();
        Assert.Equal(0, first.PreemptionCount + second.PreemptionCount + third.PreemptionCount);
    }

    [Fact]
    public async Task Exclusive_PromptArrives_DecodesPauseUntilItIsComputed()
    {
        var options = new SchedulerOptions { Prefill = PrefillMode.Exclusive, MaxNumSeqs = 4, MaxNumBatchedTokens = 6 };
        using var harness = new SchedulerHarness(TwelveBlocks, options);
        harness.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 4));
        await harness.StepAsync();
        await harness.StepAsync();
        harness.Submit(TestRequest.Greedy(promptLength: 12, maxTokens: 2, seed: 1));
        await harness.RunToEndAsync();

        var steps = harness.Executor.Plans.Select(plan => string.Join(' ', plan.Sequences.ToArray().Select(step => $"{step.SequenceId}:{step.TokenCount}")));
        Assert.Equal(["1:3", "1:1", "2:6", "2:6", "1:1 2:1", "1:1"], steps);
    }

    [Fact]
    public async Task Exclusive_EndlessShortPrompts_DecodesHaveTheirTurns()
    {
        var options = new SchedulerOptions { Prefill = PrefillMode.Exclusive, MaxNumSeqs = 4, MaxNumBatchedTokens = 6 };
        using var harness = new SchedulerHarness(options: options);
        var sequence = harness.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 10));
        for (var i = 0; i < 40; i++)
        {
            harness.Submit(TestRequest.Greedy(promptLength: 5, maxTokens: 1, seed: i));
            await harness.StepAsync();
        }

        Assert.True(sequence.Status.IsFinished());
        await harness.RunToEndAsync();
    }

    [Fact]
    public async Task Admission_GrowthIsExpected_PreemptsFarLessThanWithoutLooking()
    {
        Assert.InRange(await PreemptionsAsync(conservativeness: 1), 0, 2);
        Assert.True(await PreemptionsAsync(conservativeness: 0) > 10);

        static async Task<int> PreemptionsAsync(double conservativeness)
        {
            var limits = new ModelLimits(VocabularySize: 97, MaxModelLength: 60, BlockSize: 2, BlockCount: 60);
            var options = new SchedulerOptions { MaxNumSeqs = 16, MaxNumBatchedTokens = 64, Conservativeness = conservativeness };
            using var harness = new SchedulerHarness(limits, options);
            var sequences = Enumerable.Range(0, 40).Select(i => harness.Submit(TestRequest.Greedy(3 + i % 7, 20 + i % 11, seed: i))).ToArray();
            await harness.RunToEndAsync();
            return sequences.Sum(sequence => sequence.PreemptionCount);
        }
    }
}
