using System.Collections.Frozen;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

/// <summary>Random traffic: whatever happens around a request, it gets what it gets alone.</summary>
public sealed class SchedulerPropertyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 150)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task RandomTraffic_EachRequestAsIfAlone(int seed)
    {
        var random = new Random(seed);
        var limits = RandomLimits(random);
        ScriptedExecutor.NextToken? script = seed % 2 == 0 ? RepetitiveScript.Next : null;
        using var harness = new SchedulerHarness(options: RandomOptions(random), executor: new ScriptedExecutor(limits, script));
        if (seed % 5 == 0)
            harness.Executor.FailWith = plan => plan.StepIndex % 17 == 13 ? new ExecutionException("Scripted failure.") : null;

        var sequences = new List<Sequence>();
        var requestCount = random.Next(1, 40);
        var isCancelling = seed % 3 == 0;
        while (sequences.Count < requestCount || !harness.Scheduler.IsIdle)
        {
            for (var arrivals = random.Next(4); arrivals > 0 && sequences.Count < requestCount; arrivals--)
                sequences.Add(harness.Submit(RandomRequest(random, limits)));
            if (isCancelling && sequences.Count > 0 && random.Next(4) == 0)
                harness.Scheduler.End(sequences[random.Next(sequences.Count)].Id, FinishReason.Cancelled);
            await harness.StepAsync();
        }

        harness.AssertIdle();
        foreach (var sequence in sequences)
            await AssertAsIfAloneAsync(sequence, limits, script);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RandomTraffic_CancelledAtEveryStep_LosesNothing(bool isSpeculating)
    {
        var limits = new ModelLimits(VocabularySize: 97, MaxModelLength: 40, BlockSize: 2, BlockCount: 20);
        var options = new SchedulerOptions
        {
            MaxNumSeqs = 3,
            MaxNumBatchedTokens = 5,
            Speculation = isSpeculating ? new SpeculationOptions { PromptLookupMin = 1 } : null,
        };
        for (var cancelAt = 0; cancelAt < 60; cancelAt++)
        {
            using var harness = new SchedulerHarness(options: options, executor: new ScriptedExecutor(limits, RepetitiveScript.Next));
            var sequences = Enumerable.Range(0, 5).Select(i => harness.Submit(TestRequest.Greedy(6 + 2 * i, 12, seed: i))).ToArray();
            for (var step = 0; !harness.Scheduler.IsIdle; step++)
            {
                if (step == cancelAt)
                    harness.Scheduler.End(sequences[cancelAt % 5].Id, FinishReason.Cancelled);
                await harness.StepAsync();
            }

            harness.AssertIdle();
            foreach (var sequence in sequences)
                await AssertAsIfAloneAsync(sequence, limits, RepetitiveScript.Next);
        }
    }

    [Fact]
    public async Task SmallPool_PreemptsOften()
    {
        // The traffic above is worth what it claims only if blocks really run out.
        var preemptions = 0;
        for (var seed = 1; seed <= 20; seed++)
        {
            var limits = new ModelLimits(VocabularySize: 97, MaxModelLength: 60, BlockSize: 2, BlockCount: 40);
            using var harness = new SchedulerHarness(limits, new SchedulerOptions { MaxNumSeqs = 8, MaxNumBatchedTokens = 16, Conservativeness = 0 });
            var requests = Enumerable.Range(0, 20).Select(i => TestRequest.Greedy(3 + i % 7, 30, seed: seed * 100 + i));
            var sequences = requests.Select(harness.Submit).ToArray();
            await harness.RunToEndAsync();
            preemptions += sequences.Sum(sequence => sequence.PreemptionCount);
        }

        Assert.True(preemptions > 100, $"only {preemptions} preemptions");
    }

    private static async Task AssertAsIfAloneAsync(Sequence sequence, ModelLimits limits, ScriptedExecutor.NextToken? script)
    {
        var alone = await SchedulerHarness.AloneAsync(sequence.Request, limits, script);
        var response = await SchedulerHarness.ResponseAsync(sequence);
        Assert.Equal(alone.TokenIds.Take(response.TokenIds.Count), response.TokenIds);
        if (response.Outcome.Reason is FinishReason.Cancelled or FinishReason.Error)
            return;

        Assert.Equal(alone.Outcome, response.Outcome);
        Assert.Equal(alone.Tokens.Select(token => token.Logprobs?.Logprob), response.Tokens.Select(token => token.Logprobs?.Logprob));
    }

    private static ModelLimits RandomLimits(Random random)
    {
        var blockSize = random.Next(1, 9);
        var blockCount = random.Next(1 + 20 / blockSize, 30 + 60 / blockSize);
        return new ModelLimits(VocabularySize: 97, MaxModelLength: random.Next(20, 120), blockSize, blockCount);
    }

    private static SchedulerOptions RandomOptions(Random random)
    {
        var maxNumSeqs = random.Next(1, 10);
        return new SchedulerOptions
        {
            MaxNumSeqs = maxNumSeqs,
            MaxNumBatchedTokens = maxNumSeqs + random.Next(0, 40),
            EnablePrefixCaching = random.Next(4) > 0,
            Conservativeness = random.Next(2),
            Speculation = random.Next(3) == 0 ? null : new SpeculationOptions
            {
                NumSpeculativeTokens = random.Next(1, 8),
                PromptLookupMin = random.Next(1, 3),
                MaxStepTokens = random.Next(2, 40),
            },
        };
    }

    private static InferenceRequest RandomRequest(Random random, ModelLimits limits)
    {
        var most = SchedulingPolicy.MaxSequenceLength(limits) - 1;
        var request = TestRequest.Greedy(random.Next(1, Math.Min(most, 60) + 1), random.Next(1, 40), random.Next(random.Next(2) == 0 ? 3 : 1000));
        return request with
        {
            CacheSalt = random.Next(8) == 0 ? "salt" : null,
            MinTokens = random.Next(3),
            StopTokenIds = Enumerable.Range(0, 3 * random.Next(2)).Select(_ => random.Next(97)).ToFrozenSet(),
            Sampling = random.Next(3) == 0 ? SamplingParameters.Greedy : new SamplingParameters
            {
                Temperature = random.Next(4) == 0 ? 0 : 0.5f + 2 * random.NextSingle(),
                Seed = (ulong)random.Next(),
                TopK = random.Next(2) * random.Next(1, 120),
                TopP = random.Next(2) == 0 ? 1 : 0.3f + 0.7f * random.NextSingle(),
                MinP = random.Next(2) * 0.2f * random.NextSingle(),
                RepetitionPenalty = random.Next(2) == 0 ? 1 : 0.5f + random.NextSingle(),
                PresencePenalty = random.Next(2) * random.NextSingle(),
                FrequencyPenalty = random.Next(2) * random.NextSingle(),
                LogitBias = random.Next(2) == 0 ? null : new Dictionary<int, float> { [random.Next(97)] = 5 }.ToFrozenDictionary(),
                TopLogprobs = random.Next(2) == 0 ? null : random.Next(5),
            },
        };
    }
}
