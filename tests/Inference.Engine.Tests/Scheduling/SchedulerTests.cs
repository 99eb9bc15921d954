using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

public sealed class SchedulerTests
{
    private static readonly ModelLimits TwelveBlocks = new(VocabularySize: 97, MaxModelLength: 100, BlockSize: 4, BlockCount: 12);

    [Fact]
    public void Schedule_NothingSubmitted_IsNull()
    {
        using var harness = new SchedulerHarness();

        Assert.Null(harness.Scheduler.Schedule());
    }

    [Fact]
    public void Schedule_TwoPrompts_PacksThemWithTheFirstBlocks()
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        harness.Submit(TestRequest.Greedy([1, 2, 3, 4, 5], 3));
        harness.Submit(TestRequest.Greedy([6, 7], 3));

        var plan = harness.Scheduler.Schedule()!.Plan;

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], plan.TokenIds.ToArray());
        Assert.Equal(2, plan.LogitsRows);
        var steps = plan.Sequences.ToArray();
        Assert.Equal([(1L, 5, 0, 0, 1, 0), (2L, 2, 5, 0, 1, 1)], steps.Select(Shape));
        Assert.Equal([0, 1], steps[0].BlockTable.ToArray());
        Assert.Equal([2], steps[1].BlockTable.ToArray());
    }

    [Fact]
    public async Task Schedule_DecodeAndNewPrompt_DecodeComesFirstAndThePromptGetsTheRestOfTheBudget()
    {
        using var harness = new SchedulerHarness(TwelveBlocks, new SchedulerOptions { MaxNumSeqs = 4, MaxNumBatchedTokens = 6 });
        harness.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 5));
        await harness.StepAsync();
        harness.Submit(TestRequest.Greedy(promptLength: 12, maxTokens: 5));

        await harness.StepAsync();
        await harness.StepAsync();
        await harness.StepAsync();

        var plans = harness.Executor.Plans;
        Assert.Equal([(1L, 1, 0, 3, 1, 0), (2L, 5, 1, 0, 0, 1)], plans[1].Sequences.ToArray().Select(Shape));
        Assert.Equal([(1L, 1, 0, 4, 1, 0), (2L, 5, 1, 5, 0, 1)], plans[2].Sequences.ToArray().Select(Shape));
        Assert.Equal([(1L, 1, 0, 5, 1, 0), (2L, 2, 1, 10, 1, 1)], plans[3].Sequences.ToArray().Select(Shape));
    }

    [Fact]
    public void Schedule_MoreThanMaxNumSeqs_TheOthersWait()
    {
        using var harness = new SchedulerHarness(options: new SchedulerOptions { MaxNumSeqs = 2, MaxNumBatchedTokens = 100 });
        for (var i = 0; i < 3; i++)
            harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 2));

        Assert.Equal(2, harness.Scheduler.Schedule()!.Plan.Sequences.Length);
        Assert.Equal((2, 1), (harness.Scheduler.Status.Running, harness.Scheduler.Status.Waiting));
        Assert.Equal(1, harness.Gate.Count);
    }

    [Fact]
    public async Task Schedule_SequenceEnds_AnotherJoinsInTheNextStep()
    {
        using var harness = new SchedulerHarness(options: new SchedulerOptions { MaxNumSeqs = 1, MaxNumBatchedTokens = 100 });
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 1));
        harness.Submit(TestRequest.Greedy(promptLength: 2, maxTokens: 1));

        await harness.StepAsync();
        await harness.StepAsync();

        Assert.Equal([1L, 2L], harness.Executor.Plans.Select(plan => plan.Sequences.Span[0].SequenceId));
        harness.AssertIdle();
    }

    [Fact]
    public void Schedule_HeadOfQueueDoesNotFit_NobodyOvertakesIt()
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        harness.Submit(TestRequest.Greedy(promptLength: 20, maxTokens: 5));
        harness.Submit(TestRequest.Greedy(promptLength: 40, maxTokens: 5));
        harness.Submit(TestRequest.Greedy(promptLength: 1, maxTokens: 5));

        Assert.Equal([1L], harness.Scheduler.Schedule()!.Plan.Sequences.ToArray().Select(step => step.SequenceId));
    }

    [Fact]
    public async Task Schedule_BlocksRunOut_LatestIsPreemptedAndRecomputedWithWhatItGenerated()
    {
        // Each may grow to 8 blocks of 12. At 6 each the pool is empty; the second gives way and comes back when the first is done.
        using var harness = new SchedulerHarness(TwelveBlocks, new SchedulerOptions { EnablePrefixCaching = false, Conservativeness = 0 });
        var first = harness.Submit(TestRequest.Greedy(promptLength: 16, maxTokens: 16, seed: 1));
        var second = harness.Submit(TestRequest.Greedy(promptLength: 16, maxTokens: 16, seed: 2));

        for (var i = 0; i < 9; i++)
            await harness.StepAsync();
        Assert.Equal([0, 1, 2, 3, 8, 10], first.Blocks.Blocks.ToArray());
        Assert.Equal([4, 5, 6, 7, 9, 11], second.Blocks.Blocks.ToArray());

        await harness.StepAsync();
        Assert.Equal(SequenceStatus.Preempted, second.Status);
        // The last block freed is the first one taken: the victim's blocks go back from its last to its first.
        Assert.Equal([0, 1, 2, 3, 8, 10, 4], first.Blocks.Blocks.ToArray());
        Assert.Equal((16, 25, 0), (second.PromptLength, second.TotalLength, second.ComputedLength));

        await harness.RunToEndAsync();
        Assert.Equal(1, second.PreemptionCount);
        var recomputed = harness.Executor.Plans.Last(plan => plan.Sequences.Span[0] is { SequenceId: 2, PastLength: 0 });
        Assert.Equal(25, recomputed.Sequences.Span[0].TokenCount);
        foreach (var sequence in new[] { first, second })
        {
            var expected = harness.Executor.Continue(sequence.Request.PromptTokenIds.Span, 16);
            Assert.Equal(expected, (await SchedulerHarness.ResponseAsync(sequence)).TokenIds);
        }
    }

    [Fact]
    public async Task Schedule_SequenceAloneGrowsToTheWholePool_EndsWithLength()
    {
        using var harness = new SchedulerHarness(TwelveBlocks);
        var sequence = harness.Submit(TestRequest.Greedy(promptLength: 3, maxTokens: 1000));

        await harness.RunToEndAsync();

        var response = await SchedulerHarness.ResponseAsync(sequence);
        Assert.Equal(FinishReason.Length, response.Outcome.Reason);
        Assert.Equal(48 - 3, response.Outcome.CompletionTokens);
        Assert.Equal(0, sequence.PreemptionCount);
    }

    [Fact]
    public async Task Apply_StopToken_EndsWithStopAndSendsTheToken()
    {
        using var harness = new SchedulerHarness();
        var request = TestRequest.Greedy(promptLength: 5, maxTokens: 20);
        var expected = harness.Executor.Continue(request.PromptTokenIds.Span, 20);
        var stop = expected[6];
        var sequence = harness.Submit(request.StoppedBy(stop));

        await harness.RunToEndAsync();

        var response = await SchedulerHarness.ResponseAsync(sequence);
        Assert.Equal(expected[..(Array.IndexOf(expected, stop) + 1)], response.TokenIds);
        Assert.Equal((FinishReason.Stop, stop), (response.Outcome.Reason, response.Outcome.StopTokenId));
    }

    [Fact]
    public async Task Apply_StopTokenAtTheLimit_IsStop()
    {
        using var harness = new SchedulerHarness();
        var request = TestRequest.Greedy(promptLength: 5, maxTokens: 1);
        var sequence = harness.Submit(request.StoppedBy(harness.Executor.Continue(request.PromptTokenIds.Span, 1)));

        await harness.RunToEndAsync();

        Assert.Equal(FinishReason.Stop, (await SchedulerHarness.ResponseAsync(sequence)).Outcome.Reason);
    }

    [Fact]
    public async Task Apply_MinTokens_StopTokenIsPutOff()
    {
        using var harness = new SchedulerHarness(executor: new ScriptedExecutor(next: _ => 7));
        var request = TestRequest.Greedy(promptLength: 5, maxTokens: 20).StoppedBy(7) with { MinTokens = 4 };
        var sequence = harness.Submit(request);

        await harness.RunToEndAsync();

        var response = await SchedulerHarness.ResponseAsync(sequence);
        Assert.Equal(5, response.TokenIds.Count);
        Assert.DoesNotContain(7, response.TokenIds.Take(4));
        Assert.Equal(7, response.TokenIds[4]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Cancel_AfterSteps_FreesBlocksAtOnceAndTellsTheReader(int steps)
    {
        using var harness = new SchedulerHarness();
        var sequence = harness.Submit(TestRequest.Greedy(promptLength: 9, maxTokens: 20));
        for (var i = 0; i < steps; i++)
            await harness.StepAsync();

        harness.Scheduler.End(sequence.Id, FinishReason.Cancelled);
        harness.Scheduler.End(sequence.Id, FinishReason.Cancelled);

        harness.AssertIdle();
        var response = await SchedulerHarness.ResponseAsync(sequence);
        Assert.Equal((FinishReason.Cancelled, steps), (response.Outcome.Reason, response.Outcome.CompletionTokens));
    }

    [Fact]
    public async Task Cancel_Unknown_DisturbsNobody()
    {
        using var harness = new SchedulerHarness();
        var sequence = harness.Submit(TestRequest.Greedy(promptLength: 9, maxTokens: 3));

        harness.Scheduler.End(12345, FinishReason.Cancelled);
        await harness.RunToEndAsync();

        Assert.Equal(FinishReason.Length, (await SchedulerHarness.ResponseAsync(sequence)).Outcome.Reason);
    }

    [Fact]
    public async Task Fail_StepOfSome_EndsThoseAndFreesTheirReservations()
    {
        using var harness = new SchedulerHarness(options: new SchedulerOptions { MaxNumSeqs = 2, MaxNumBatchedTokens = 100 });
        harness.Executor.FailWith = plan => plan.StepIndex == 2 ? new ExecutionException("Out of luck.") : null;
        var requests = Enumerable.Range(0, 3).Select(i => TestRequest.Greedy(promptLength: 7, maxTokens: 6, seed: i));
        var sequences = requests.Select(harness.Submit).ToArray();

        await harness.RunToEndAsync();

        var responses = await Task.WhenAll(sequences.Select(SchedulerHarness.ResponseAsync));
        Assert.Equal([FinishReason.Error, FinishReason.Error, FinishReason.Length], responses.Select(response => response.Outcome.Reason));
        Assert.Equal(["Out of luck.", "Out of luck.", null], responses.Select(response => response.Outcome.Error));
        Assert.Equal(harness.Executor.Continue(sequences[2].Request.PromptTokenIds.Span, 6), responses[2].TokenIds);
    }

    [Fact]
    public async Task Apply_LogitsOfOneAreAllNaN_OnlyThatOneEndsWithError()
    {
        var executor = new ScriptedExecutor
        {
            EditLogits = (history, row) =>
            {
                if (history[0] == 5 && history.Length == 4)
                    row.Span.Fill(float.NaN);
            },
        };
        using var harness = new SchedulerHarness(executor: executor);
        var bad = harness.Submit(TestRequest.Greedy([5, 1], 6));
        var good = harness.Submit(TestRequest.Greedy([6, 1], 6));

        await harness.RunToEndAsync();

        var failed = await SchedulerHarness.ResponseAsync(bad);
        Assert.Equal((FinishReason.Error, 2), (failed.Outcome.Reason, failed.Outcome.CompletionTokens));
        Assert.Contains("logits", failed.Outcome.Error, StringComparison.Ordinal);
        Assert.Equal(FinishReason.Length, (await SchedulerHarness.ResponseAsync(good)).Outcome.Reason);
    }

    [Fact]
    public void Step_DecodingManySequences_AllocatesLittle()
    {
        using var harness = new SchedulerHarness(new ModelLimits(97, MaxModelLength: 4096, BlockSize: 16, BlockCount: 4096));
        for (var i = 0; i < 32; i++)
            harness.Submit(TestRequest.Greedy(promptLength: 4, maxTokens: 1000, seed: i));
        var sampler = new Sampler(97);
        var logits = new float[32 * 97];
        var result = new FloatStepResult(logits, 97);
        for (var i = 0; i < 100; i++)
            Step();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Step();
        var perStep = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;

        Assert.InRange(perStep, 0, 4096);

        void Step()
        {
            var step = harness.Scheduler.Schedule()!;
            harness.Scheduler.Apply(step, sampler.Sample(step, result));
        }
    }

    private static (long, int, int, int, int, int) Shape(SequenceStep step) =>
        (step.SequenceId, step.TokenCount, step.PackedOffset, step.PastLength, step.LogitsCount, step.LogitsRow);
}
