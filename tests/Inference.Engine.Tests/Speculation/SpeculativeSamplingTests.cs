using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;
using Inference.Engine.Tests.Sampling;
using Inference.Engine.Tests.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Speculation;

/// <summary>
/// Sampled tokens are distributed as the model says, whatever was proposed: all of them, and those that came where a certain token was proposed,
/// which is accepted with its probability and replaced by the others in theirs.
/// </summary>
public sealed class SpeculativeSamplingTests
{
    private const int Vocabulary = 6;
    private const int Requests = 6000;
    private const int MaxTokens = 8;

    private static readonly float[][] Logits = [[1, 0, 2, -1, 0.5f, 1.5f], [0, 3, 0, 0, 1, -2], [-1, 0.3f, 1.2f, 2, 0, 0]];

    [Theory]
    [InlineData(1, 1, 0, 101)]
    [InlineData(0.7f, 1, 0, 20_202)]
    [InlineData(1, 0.8f, 0, 303_303)]
    [InlineData(1.3f, 1, 3, 4_040_404)]
    public async Task Tokens_WithProposals_AreDistributedAsTheModelSays(float temperature, float topP, int topK, ulong firstSeed)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seeds from {firstSeed}");
        var sampling = new SamplingParameters { Temperature = temperature, TopP = topP, TopK = topK };
        var runs = await RunAsync(sampling, firstSeed);

        var all = new int[Logits.Length][];
        var afterProposal = new Dictionary<(int Row, int Proposed), int[]>();
        foreach (var (row, proposed, token) in runs)
        {
            (all[row] ??= new int[Vocabulary])[token]++;
            if (proposed is { } draft)
                (afterProposal.TryGetValue((row, draft), out var counts) ? counts : afterProposal[(row, draft)] = new int[Vocabulary])[token]++;
        }

        for (var row = 0; row < Logits.Length; row++)
            ChiSquare.AssertFits(all[row], SamplingReference.Probabilities(Logits[row], sampling, [], []));
        foreach (var ((row, _), counts) in afterProposal)
            ChiSquare.AssertFits(counts, SamplingReference.Probabilities(Logits[row], sampling, [], []));
        Assert.True(afterProposal.Values.Sum(counts => counts.Sum()) > 5000, "hardly anything was proposed");
    }

    /// <summary>Of each token: its row of <see cref="Logits"/>, what was proposed there if anything was verified, and what was sampled.</summary>
    private static async Task<List<(int Row, int? Proposed, int Token)>> RunAsync(SamplingParameters sampling, ulong firstSeed)
    {
        var executor = new ScriptedExecutor(new ModelLimits(Vocabulary, MaxModelLength: 64, BlockSize: 4, BlockCount: 4096), _ => 0)
        {
            EditLogits = (history, row) => Logits[history.Length % Logits.Length].CopyTo(row),
        };
        var speculation = new SpeculationOptions { NumSpeculativeTokens = 3, PromptLookupMin = 1, MaxStepTokens = 4096 };
        var options = new SchedulerOptions { MaxNumBatchedTokens = 4096, Speculation = speculation };
        using var harness = new SchedulerHarness(options: options, executor: executor);
        int[] prompt = [1, 2, 3, 0, 4, 1, 5, 2, 4, 3, 1];
        var sequences = Enumerable.Range(0, Requests).Select(i => harness.Submit(TestRequest.Greedy(prompt, MaxTokens) with
        {
            Sampling = sampling with { Seed = firstSeed + (ulong)i },
        })).ToArray();
        await harness.RunToEndAsync();

        var proposals = new Dictionary<(long Id, int Position), int>();
        foreach (var plan in executor.Plans)
        {
            foreach (var step in plan.Sequences.ToArray().Where(step => step.LogitsCount > 0))
            {
                // One that was not reached was not verified: the token there came of a later step.
                proposals.Remove((step.SequenceId, step.PastLength + step.TokenCount));
                for (var i = step.TokenCount - step.LogitsCount + 1; i < step.TokenCount; i++)
                    proposals[(step.SequenceId, step.PastLength + i)] = plan.TokenIds.Span[step.PackedOffset + i];
            }
        }

        var runs = new List<(int, int?, int)>();
        foreach (var sequence in sequences)
        {
            var tokens = (await SchedulerHarness.ResponseAsync(sequence)).TokenIds;
            for (var i = 0; i < tokens.Count; i++)
            {
                var position = prompt.Length + i;
                int? proposed = proposals.TryGetValue((sequence.Id, position), out var draft) ? draft : null;
                runs.Add((position % Logits.Length, proposed, tokens[i]));
            }
        }

        return runs;
    }
}
