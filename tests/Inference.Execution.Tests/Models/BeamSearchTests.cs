using Inference.Engine;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>Beam search on the default model, in int8, where results are exact.</summary>
public sealed class BeamSearchTests
{
    private static readonly int[] Prompt = [504, 3575, 282, 4649, 314];

    [Fact]
    public async Task Search_DefaultModel_IsGreedyAtWidthOneBetterAtFourAndTheSameInACrowd()
    {
        await using var executor = LoadedModel.Open(RepositoryFiles.SmolLm2, blockCount: 40, ModelDType.Int8);
        CollectedResponse greedy, one;
        CollectedResponse[] four;
        await using (var engine = new CountingEngine(executor, new SchedulerOptions()))
        {
            greedy = (await AnswersAsync(engine.Submit(Request(null))))[0];
            one = (await AnswersAsync(engine.Submit(Request(1))))[0];
            four = await AnswersAsync(engine.Submit(Request(4)));
        }

        await using var crowd = new CountingEngine(executor, new SchedulerOptions { MaxNumBatchedTokens = 16, MaxNumSeqs = 16, Conservativeness = 0, EnablePrefixCaching = false });
        var streams = Enumerable.Range(1, 6).Select(width => crowd.Submit(Request(width, tokens: 60))).Append(crowd.Submit(Request(4))).ToArray();
        var inCrowd = await Task.WhenAll(streams.Select(AnswersAsync));

        Assert.Equal(greedy.TokenIds, one.TokenIds);
        Assert.True(Sum(four[0]) >= Sum(greedy), $"{Sum(four[0])} is less than {Sum(greedy)}");
        Assert.Equal(four.Select(Sum).OrderDescending(), four.Select(Sum));
        Assert.Equal(four.Select(answer => string.Join(' ', answer.TokenIds)), inCrowd[^1].Select(answer => string.Join(' ', answer.TokenIds)));
        Assert.Equal(four.Select(answer => answer.Outcome.Score), inCrowd[^1].Select(answer => answer.Outcome.Score));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"greedy {Sum(greedy)}, four beams {Sum(four[0])}, {crowd.Count("vllm:num_preemptions")} preemptions");
    }

    private static InferenceRequest Request(int? width, int tokens = 20) => new()
    {
        RequestId = "beams",
        PromptTokenIds = Prompt,
        MaxTokens = tokens,
        Sampling = SamplingParameters.Greedy with { TopLogprobs = 0 },
        Beams = width is { } beams ? new BeamSearchParameters { Width = beams, Answers = beams } : null,
    };

    private static double Sum(CollectedResponse answer) => answer.Tokens.Sum(token => (double)token.Logprobs!.Logprob);

    private static Task<CollectedResponse[]> AnswersAsync(RequestStream stream) =>
        Task.WhenAll(stream.Answers.Select(answer => CollectedResponse.ReadAsync(answer, TestContext.Current.CancellationToken)));
}
