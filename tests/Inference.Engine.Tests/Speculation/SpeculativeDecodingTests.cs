using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;
using Inference.Engine.Tests.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Speculation;

/// <summary>Steps with proposed tokens: what they hold, what comes of them, and what is left of those that are rejected.</summary>
public sealed class SpeculativeDecodingTests : IDisposable
{
    private static readonly SchedulerOptions Options = new() { Speculation = new SpeculationOptions { NumSpeculativeTokens = 4 } };

    private readonly List<SchedulerHarness> _harnesses = [];

    /// <summary>Counts to nine and begins again.</summary>
    private static int Count(ReadOnlySpan<int> history) => (history[^1] + 1) % 10;

    [Fact]
    public async Task Step_TokensWereThereBefore_ComputesAndAcceptsThemTogether()
    {
        var harness = Harness(Count);
        var sequence = harness.Submit(TestRequest.Greedy([.. Enumerable.Range(0, 12).Select(i => i % 10)], 11));
        await harness.RunToEndAsync();

        // The prompt gives one token; then five a step.
        Assert.Equal([(12, 1), (5, 5), (5, 5)], harness.Executor.Plans.Select(plan => (plan.TokenIds.Length, plan.LogitsRows)));
        Assert.Equal([2, 3, 4, 5, 6], harness.Executor.Plans[1].TokenIds.ToArray());
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2], (await SchedulerHarness.ResponseAsync(sequence)).TokenIds);
    }

    [Fact]
    public async Task Step_ProposalWrongFromTheThirdOn_KeepsTwoAndTheSampledOne()
    {
        // What followed 1, 2 in the prompt was 3, 4, 5, 6; now it is 3, 4, 50.
        var harness = Harness(history => history.Length == 11 ? 50 : history[^1] + 1);
        var sequence = harness.Submit(TestRequest.Greedy([1, 2, 3, 4, 5, 6, 7, 1], 6));
        await harness.StepAsync();
        await harness.StepAsync();

        Assert.Equal([2, 3, 4, 5, 6], harness.Executor.Plans[1].TokenIds.ToArray());
        Assert.Equal([2, 3, 4, 50], sequence.Tokens[8..].ToArray());
        Assert.Equal((12, 11), (sequence.TotalLength, sequence.ComputedLength));

        // The rejected tokens' places are written again.
        await harness.StepAsync();
        Assert.Equal((11, 50), (harness.Executor.Plans[2].Sequences.Span[0].PastLength, harness.Executor.Plans[2].TokenIds.Span[0]));
        await harness.RunToEndAsync();
    }

    [Fact]
    public async Task Step_Rejected_GivesBackTheBlocksReservedForIt()
    {
        var harness = Harness(history => history.Length == 9 ? 50 : history[^1] + 1, blockSize: 2);
        var sequence = harness.Submit(TestRequest.Greedy([1, 2, 3, 4, 5, 6, 7, 1], 6));
        await harness.StepAsync();
        await harness.StepAsync();

        Assert.Equal(7, harness.Executor.Plans[1].Sequences.Span[0].BlockTable.Length);
        Assert.Equal((9, 5), (sequence.ComputedLength, sequence.Blocks.Count));
        await harness.RunToEndAsync();
    }

    [Fact]
    public async Task PrefixCache_NeverKnowsWhatWasRejected()
    {
        // The second request's prompt is what was proposed to the first, and rejected.
        var harness = Harness(history => history.Length == 9 ? 50 : history[^1] + 1, blockSize: 2);
        harness.Submit(TestRequest.Greedy([1, 2, 3, 4, 5, 6, 7, 1], 2));
        await harness.RunToEndAsync();
        var second = harness.Submit(TestRequest.Greedy([1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7], 2));
        await harness.RunToEndAsync();

        Assert.Equal(8, second.CachedTokens);
    }

    [Fact]
    public async Task Step_StopTokenInTheProposal_IsNotComputedAndEndsTheRequest()
    {
        var harness = Harness(Count);
        var request = TestRequest.Greedy([.. Enumerable.Range(0, 12).Select(i => i % 10)], 50).StoppedBy(5);
        var sequence = harness.Submit(request);
        await harness.RunToEndAsync();

        Assert.Equal([2, 3, 4], harness.Executor.Plans[1].TokenIds.ToArray());
        var response = await SchedulerHarness.ResponseAsync(sequence);
        Assert.Equal([2, 3, 4, 5], response.TokenIds);
        Assert.Equal((FinishReason.Stop, 5, 4), (response.Outcome.Reason, response.Outcome.StopTokenId, response.Outcome.CompletionTokens));
    }

    [Theory]
    [InlineData(2, new[] { 12, 1 })]
    [InlineData(3, new[] { 12, 2 })]
    [InlineData(6, new[] { 12, 5 })]
    [InlineData(7, new[] { 12, 5, 1 })]
    public async Task Step_NearTheEnd_ProposesNoMoreThanTheRequestMayHave(int maxTokens, int[] tokens)
    {
        var harness = Harness(Count);
        var sequence = harness.Submit(TestRequest.Greedy([.. Enumerable.Range(0, 12).Select(i => i % 10)], maxTokens));
        await harness.RunToEndAsync();

        Assert.Equal(tokens, harness.Executor.Plans.Select(plan => plan.TokenIds.Length));
        Assert.Equal(maxTokens, (await SchedulerHarness.ResponseAsync(sequence)).TokenIds.Count);
    }

    [Fact]
    public async Task Step_NearlyFull_SharesWhatIsLeft()
    {
        var options = Options with { Speculation = new SpeculationOptions { NumSpeculativeTokens = 4, MaxStepTokens = 7 } };
        var harness = Harness(Count, options);
        for (var i = 0; i < 3; i++)
            harness.Submit(TestRequest.Greedy([.. Enumerable.Range(i, 12).Select(t => t % 10)], 9));
        await harness.StepAsync();
        await harness.StepAsync();

        Assert.Equal([3, 2, 2], harness.Executor.Plans[1].Sequences.ToArray().Select(step => step.TokenCount));
        await harness.RunToEndAsync();
    }

    [Theory]
    [InlineData(3, 8)]
    [InlineData(8, 3)]
    public async Task Step_AtTheBoundOrFull_HoldsNoProposals(int maxStepTokens, int maxNumBatchedTokens)
    {
        var speculation = new SpeculationOptions { MaxStepTokens = maxStepTokens };
        var harness = Harness(Count, new SchedulerOptions { MaxNumSeqs = 3, MaxNumBatchedTokens = maxNumBatchedTokens, Speculation = speculation });
        for (var i = 0; i < 3; i++)
            harness.Submit(TestRequest.Greedy([.. Enumerable.Range(i, 12).Select(t => t % 10)], 40));
        await harness.RunToEndAsync();

        Assert.All(harness.Executor.Plans.Where(plan => plan.Sequences.Length == 3), plan => Assert.Equal(1, plan.Sequences.Span[0].LogitsCount));
        Assert.Contains(harness.Executor.Plans, plan => plan.Sequences.Length == 3);
    }

    [Fact]
    public async Task Blocks_AreShort_ProposalsMakeWayAndNobodyIsPreempted()
    {
        // Together they end with all blocks but one in use: a block for proposals would be one too many.
        foreach (var blocks in Enumerable.Range(13, 4))
        {
            var harness = Harness(RepetitiveScript.Next, Options with { Conservativeness = 0 }, blockSize: 2, blocks);
            var sequences = Enumerable.Range(0, 2).Select(i => harness.Submit(TestRequest.Greedy(4, 8, seed: i))).ToArray();
            await harness.RunToEndAsync();
            Assert.All(sequences, sequence => Assert.Equal(0, sequence.PreemptionCount));
        }
    }

    [Fact]
    public async Task Step_NoUsableLogitsInsideAProposal_KeepsWhatCameBefore()
    {
        var executor = Executor(Count);
        executor.EditLogits = (history, row) =>
        {
            if (history.Length == 15)
                row.Span.Fill(float.NaN);
        };
        var harness = Harness(executor);
        var sequence = harness.Submit(TestRequest.Greedy([.. Enumerable.Range(0, 12).Select(i => i % 10)], 11));
        await harness.RunToEndAsync();

        var response = await SchedulerHarness.ResponseAsync(sequence);
        Assert.Equal(FinishReason.Error, response.Outcome.Reason);
        Assert.Equal([2, 3, 4], response.TokenIds);
    }

    [Fact]
    public async Task Step_FailsWithProposals_EndsItsSequencesAndLosesNothing()
    {
        var executor = Executor(Count);
        executor.FailWith = plan => plan.StepIndex == 1 ? new ExecutionException("Scripted failure.") : null;
        var harness = Harness(executor);
        var sequence = harness.Submit(TestRequest.Greedy([.. Enumerable.Range(0, 12).Select(i => i % 10)], 11));
        await harness.RunToEndAsync();

        Assert.Equal(5, harness.Executor.Plans[1].TokenIds.Length);
        Assert.Equal([2], (await SchedulerHarness.ResponseAsync(sequence)).TokenIds);
    }

    [Fact]
    public async Task Request_WhoseProposalsAreRejected_GetsFewerAndFewer()
    {
        // Pairs come back, but what follows them is always something else.
        var harness = Harness(history => history.Length % 3 == 0 ? 20 + history.Length / 3 : history.Length % 3);
        var sequence = harness.Submit(TestRequest.Greedy([0, 1, 2], 200));
        await harness.RunToEndAsync();

        var proposals = harness.Executor.Plans.Count(plan => plan.LogitsRows > 1);
        Assert.InRange(proposals, 5, 20);
        Assert.Equal(200, (await SchedulerHarness.ResponseAsync(sequence)).TokenIds.Count);
    }

    [Fact]
    public async Task Request_WithEverySamplingParameter_GetsTheSameTokensAndLogprobs()
    {
        var request = TestRequest.Greedy([.. Enumerable.Range(0, 12).Select(i => i % 10)], 60) with
        {
            MinTokens = 12,
            StopTokenIds = new[] { 5 }.ToFrozenSet(),
            Sampling = new SamplingParameters
            {
                Temperature = 0.7f,
                Seed = 3,
                TopP = 0.95f,
                RepetitionPenalty = 1.05f,
                PresencePenalty = 0.1f,
                FrequencyPenalty = 0.1f,
                LogitBias = new Dictionary<int, float> { [7] = 0.5f }.ToFrozenDictionary(),
                TopLogprobs = 3,
            },
        };
        var (accepted, rejected) = (0, 0);
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var seeded = request with { Sampling = request.Sampling with { Seed = seed } };
            var harness = Harness(Count);
            var sequence = harness.Submit(seeded);
            await harness.RunToEndAsync();
            var response = await SchedulerHarness.ResponseAsync(sequence);
            var alone = await SchedulerHarness.AloneAsync(seeded, harness.Executor.Limits, Count);

            Assert.Equal(alone.TokenIds, response.TokenIds);
            Assert.Equal(alone.Outcome, response.Outcome);
            Assert.Equal(alone.Tokens.SelectMany(token => token.Logprobs!.Top), response.Tokens.SelectMany(token => token.Logprobs!.Top));
            var drafted = harness.Executor.Plans.Skip(1).Sum(plan => plan.LogitsRows - 1);
            var extra = response.TokenIds.Count - harness.Executor.Plans.Count;
            (accepted, rejected) = (accepted + extra, rejected + drafted - extra);
        }

        Assert.True(accepted > 100 && rejected > 100, $"{accepted} accepted, {rejected} rejected");
    }

    [Fact]
    public async Task Metrics_CountDraftsAndWhatWasAcceptedOfThem()
    {
        var harness = Harness(history => history.Length == 11 ? 50 : history[^1] + 1);
        var counts = new List<(string Name, long Value, object? Position)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == harness.MeterScope && instrument.Name.StartsWith("vllm:spec_decode", StringComparison.Ordinal))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counts.Add((instrument.Name["vllm:spec_decode_num_".Length..], value, tags.Length > 0 ? tags[0].Value : null)));
        listener.Start();
        harness.Submit(TestRequest.Greedy([1, 2, 3, 4, 5, 6, 7, 1], 6));
        await harness.StepAsync();
        Assert.Empty(counts);
        await harness.StepAsync();

        Assert.Equal(
            [("drafts", 1, null), ("draft_tokens", 4, null), ("accepted_tokens", 2, null), ("accepted_tokens_per_pos", 1, 0), ("accepted_tokens_per_pos", 1, 1)],
            counts);
        await harness.RunToEndAsync();
    }

    [Fact]
    public async Task Journal_TellsDraftsAndWhatWasAcceptedOfThem()
    {
        await using var host = new EngineHost(Executor(history => history.Length == 11 ? 50 : history[^1] + 1), Options with { JournalLength = 8 });
        await host.RunAsync(TestRequest.Greedy([1, 2, 3, 4, 5, 6, 7, 1], 6), TestContext.Current.CancellationToken);

        var shares = host.Engine.RecentSteps.Select(step => step.Sequences.Single()).ToArray();
        Assert.Equal([(8, 0, 0), (5, 4, 2)], shares.Take(2).Select(share => (share.TokenCount, share.DraftTokens, share.AcceptedTokens)));
        Assert.All(shares, share => Assert.True(share.IsSampled));
    }

    public void Dispose() => _harnesses.ForEach(static harness => harness.Dispose());

    private static ScriptedExecutor Executor(ScriptedExecutor.NextToken next, int blockSize = 4, int blocks = 128) =>
        new(new ModelLimits(VocabularySize: 97, MaxModelLength: 256, blockSize, blocks), next);

    private SchedulerHarness Harness(ScriptedExecutor.NextToken next, SchedulerOptions? options = null, int blockSize = 4, int blocks = 128) =>
        Harness(Executor(next, blockSize, blocks), options);

    private SchedulerHarness Harness(ScriptedExecutor executor, SchedulerOptions? options = null)
    {
        var harness = new SchedulerHarness(options: options ?? Options, executor: executor);
        _harnesses.Add(harness);
        return harness;
    }
}
