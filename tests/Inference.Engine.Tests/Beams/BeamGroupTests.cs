using System.Collections.Frozen;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Tests.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Beams;

/// <summary>Requests with beam search through scheduler, cache and sampler.</summary>
public sealed class BeamGroupTests
{
    private static readonly ModelLimits Limits = new(VocabularySize: 97, MaxModelLength: 100, BlockSize: 4, BlockCount: 60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_RandomDistributions_FindsWhatTheReferenceFinds(bool caching)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var model = BeamReference.Random(seed, Limits.VocabularySize);
            using var harness = new SchedulerHarness(Limits, new SchedulerOptions { EnablePrefixCaching = caching });
            var request = Request(promptLength: 7 + seed % 5, width: 1 + seed % 6, maxTokens: 12).StoppedBy(1, 2, 3);
            harness.Executor.EditLogits = (history, row) =>
            {
                var logprobs = model(history[request.PromptTokenIds.Length..]);
                for (var i = 0; i < row.Length; i++)
                    row.Span[i] = (float)logprobs[i];
            };
            var sequence = harness.Submit(request);
            await harness.RunToEndAsync();

            var expected = BeamReference.Search(model, request.Beams!, [1, 2, 3], 12);
            var answers = await AnswersAsync(sequence);
            Assert.Equal(expected.Select(text => string.Join(' ', text.Tokens)), answers.Select(Text));
            Assert.All(expected.Zip(answers), pair => Assert.Equal(pair.First.Score, pair.Second.Outcome.Score!.Value, 1e-4));
            Assert.All(answers, answer => Assert.Equal(answer.Tokens.Count, answer.Outcome.CompletionTokens));
        }
    }

    [Fact]
    public async Task Run_Beams_ShareThePromptAndCopyOnlyWhereTheyPart()
    {
        using var harness = new SchedulerHarness(Limits);
        harness.Submit(Request(promptLength: 22, width: 4, maxTokens: 8));
        await harness.StepAsync();
        Assert.Equal((1, 6), (harness.Scheduler.Status.Running, harness.Scheduler.Status.BlocksUsed));
        await harness.StepAsync();

        // Five full blocks are everybody's, and each has its own for what comes after.
        Assert.Equal(1, harness.Scheduler.Status.Running);
        Assert.Equal(5 + 4, harness.Executor.Plans[1].Sequences.ToArray().SelectMany(step => step.BlockTable.ToArray()).Distinct().Count());
        Assert.Equal(3, harness.Executor.Plans[1].Copies.Length);
        Assert.Equal([22, 4], harness.Executor.Plans.Select(plan => plan.TokenIds.Length));
        await harness.RunToEndAsync();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    [InlineData(false, 3)]
    public async Task Run_CacheTooSmallForAll_GivesWhatEachGivesAlone(bool caching, int blockSize)
    {
        var preempted = 0;
        for (var seed = 0; seed < 30; seed++)
        {
            var limits = Limits with { BlockSize = blockSize, BlockCount = 66 / blockSize };
            var options = new SchedulerOptions { MaxNumSeqs = 10, MaxNumBatchedTokens = 16, EnablePrefixCaching = caching, Conservativeness = 0 };
            using var harness = new SchedulerHarness(limits, options);
            var sequences = Enumerable.Range(0, 6)
                .Select(i => harness.Submit(Request(promptLength: 3 + (i + seed) % 7, width: 1 + (i + seed) % 4, maxTokens: 12, seed + i).StoppedBy(5, 6)))
                .ToArray();
            await harness.RunToEndAsync();

            preempted += sequences.Sum(sequence => sequence.PreemptionCount);
            foreach (var sequence in sequences)
                await AssertAsAloneAsync(sequence, limits);
        }

        Assert.True(preempted > 20, $"only {preempted} preemptions");
    }

    [Fact]
    public async Task Run_CacheThatHoldsTheBeamsExactly_ComesToItsEnd()
    {
        foreach (var (prompt, width, blockSize) in new[] { (9, 4, 4), (8, 3, 4), (5, 5, 1), (3, 2, 8) })
        {
            var shared = prompt / blockSize;
            var limits = Limits with { BlockSize = blockSize, BlockCount = shared + width * 3 };
            Assert.Equal((shared + 3) * blockSize, SchedulingPolicy.MaxBeamLength(limits, prompt, width));
            using var harness = new SchedulerHarness(limits, new SchedulerOptions { EnablePrefixCaching = false });
            var sequence = harness.Submit(Request(prompt, width, maxTokens: 100));
            await harness.RunToEndAsync();

            foreach (var answer in await AnswersAsync(sequence))
                Assert.Equal((FinishReason.Length, (shared + 3) * blockSize - prompt), (answer.Outcome.Reason, answer.Tokens.Count));
        }
    }

    [Fact]
    public async Task Cancel_AtEveryStep_FreesEverything()
    {
        for (var steps = 0; steps < 14; steps++)
        {
            using var harness = new SchedulerHarness(Limits with { BlockCount = 24 }, new SchedulerOptions { MaxNumSeqs = 8, Conservativeness = 0 });
            var sequences = Enumerable.Range(0, 3).Select(i => harness.Submit(Request(promptLength: 9, width: 3, maxTokens: 16, i))).ToArray();
            for (var i = 0; i < steps; i++)
                await harness.StepAsync();
            harness.Scheduler.End(sequences[steps % 3].Id, FinishReason.Cancelled);
            await harness.RunToEndAsync();

            foreach (var answer in await AnswersAsync(sequences[steps % 3]))
                Assert.Equal((FinishReason.Cancelled, 0), (answer.Outcome.Reason, answer.Tokens.Count));
        }
    }

    [Fact]
    public async Task Fail_AnyStep_EndsTheRequestOnce()
    {
        for (var failing = 0; failing < 8; failing++)
        {
            using var harness = new SchedulerHarness(Limits);
            harness.Executor.FailWith = plan => plan.StepIndex == failing ? new ExecutionException("Scripted failure.") : null;
            var sequence = harness.Submit(Request(promptLength: 9, width: 3, maxTokens: 8));
            await harness.RunToEndAsync();

            Assert.Equal(FinishReason.Error, (await SchedulerHarness.ResponseAsync(sequence)).Outcome.Reason);
        }
    }

    [Fact]
    public async Task Run_NoUsableLogitsForOneBeam_EndsTheRequestAlone()
    {
        using var harness = new SchedulerHarness(Limits);
        harness.Executor.EditLogits = (history, row) => row.Span.Fill(history.Length == 12 && history[0] == 0 ? float.NaN : row.Span[0]);
        var other = harness.Submit(TestRequest.Greedy(promptLength: 9, maxTokens: 8, seed: 1));
        var sequence = harness.Submit(Request(promptLength: 9, width: 3, maxTokens: 8));
        await harness.RunToEndAsync();

        Assert.Equal(FinishReason.Error, (await SchedulerHarness.ResponseAsync(sequence)).Outcome.Reason);
        Assert.Equal(FinishReason.Length, (await SchedulerHarness.ResponseAsync(other)).Outcome.Reason);
    }

    [Fact]
    public async Task Run_FewerTokensThanBeams_AnswersThoseThereAre()
    {
        var limits = Limits with { VocabularySize = 2 };
        using var harness = new SchedulerHarness(limits);
        var sequence = harness.Submit(TestRequest.Greedy([0, 1, 0], maxTokens: 5) with
        {
            Beams = new BeamSearchParameters { Width = 8, Answers = 8 },
            StopTokenIds = new HashSet<int> { 1 }.ToFrozenSet(),
        });
        await harness.RunToEndAsync();

        // One token goes on and the other ends: a text of each length, and the one that has the most.
        var answers = await AnswersAsync(sequence);
        Assert.Equal(["0 0 0 0 0", "0 0 0 0 1", "0 0 0 1", "0 0 1", "0 1", "1"], answers[..6].Select(Text).Order(StringComparer.Ordinal));
        Assert.All(answers[6..], answer => Assert.Equal(FinishReason.Error, answer.Outcome.Reason));
    }

    [Fact]
    public void Refusal_BeamsThatCanNeverRun_SaysWhy()
    {
        var request = Request(promptLength: 9, width: 5, maxTokens: 8);
        Assert.Equal(
            "Beam search of width 5 needs as many sequences in a step; this server runs at most 4.",
            RequestAdmission.Refusal(request, Limits, new SchedulerOptions { MaxNumSeqs = 4 }));
        Assert.Equal(
            "Beam search needs the paged KV cache, which this server was started without.",
            RequestAdmission.Refusal(request, Limits, new SchedulerOptions { Allocation = CacheAllocation.Contiguous }));
        Assert.Equal(
            "The prompt has 9 tokens; with one token of output, this server's KV cache allows at most 7 for 5 beams.",
            RequestAdmission.Refusal(request, Limits with { BlockCount = 6 }, new SchedulerOptions()));
    }

    private static InferenceRequest Request(int promptLength, int width, int maxTokens, int seed = 0) =>
        TestRequest.Greedy(promptLength, maxTokens, seed) with { Beams = new BeamSearchParameters { Width = width, Answers = width } };

    private static string Text(CollectedResponse answer) => string.Join(' ', answer.TokenIds);

    private static async Task<CollectedResponse[]> AnswersAsync(Sequence sequence)
    {
        Assert.True(sequence.Status.IsFinished());
        return await Task.WhenAll(sequence.Answers.Select(answer => CollectedResponse.ReadAsync(answer, TestContext.Current.CancellationToken)));
    }

    private static async Task AssertAsAloneAsync(Sequence sequence, ModelLimits limits)
    {
        using var harness = new SchedulerHarness(limits with { MaxModelLength = sequence.MaxLength, BlockCount = 1000 });
        var alone = harness.Submit(sequence.Request);
        await harness.RunToEndAsync();

        var (expected, answers) = (await AnswersAsync(alone), await AnswersAsync(sequence));
        Assert.Equal(expected.Select(Text), answers.Select(Text));
        Assert.Equal(expected.Select(answer => answer.Outcome), answers.Select(answer => answer.Outcome));
    }
}
