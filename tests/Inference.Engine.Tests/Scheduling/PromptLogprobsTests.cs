using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

public sealed class PromptLogprobsTests
{
    private static readonly int[] Prompt = TestRequest.Prompt(40);

    [Theory]
    [InlineData(256, 128)]
    [InlineData(7, 128)]
    [InlineData(256, 5)]
    [InlineData(3, 1)]
    public async Task Run_WhateverTheChunks_TellsTheSameOfEachToken(int maxNumBatchedTokens, int maxScoredTokens)
    {
        var expected = await ScoresAsync(new SchedulerOptions());

        var options = new SchedulerOptions { MaxNumSeqs = 2, MaxNumBatchedTokens = maxNumBatchedTokens, MaxScoredTokens = maxScoredTokens };
        var scores = await ScoresAsync(options);

        Assert.Equal(Prompt.Length - 1, scores.Count);
        Assert.Equal(Texts(expected), Texts(scores));
    }

    [Fact]
    public async Task Run_LikelyPrompt_HasTheFirstRanks()
    {
        var executor = new ScriptedExecutor();
        int[] prompt = [5, .. executor.Continue([5], 20)];

        var scores = await ScoresAsync(new SchedulerOptions(), executor, prompt);

        Assert.All(scores, score => Assert.Equal(1, score.Rank));
        Assert.Equal(prompt[1..], scores.Select(score => score.Top[0].TokenId));
        Assert.All(scores, score => Assert.Equal(score.Top[0].Logprob, score.Logprob));
        Assert.All(scores, score => Assert.Equal(3, score.Top.Length));
    }

    [Fact]
    public async Task Run_UnlikelyToken_HasItsRank()
    {
        var executor = new ScriptedExecutor { EditLogits = (_, row) => row.Span[90..].Fill(9) };

        var scores = await ScoresAsync(new SchedulerOptions(), executor);

        // Seven tokens are likelier than whatever a prompt holds.
        Assert.All(scores, score => Assert.InRange(score.Rank, 8, 97));
        Assert.All(scores, score => Assert.Equal([90, 91, 92], score.Top.Select(top => top.TokenId)));
    }

    [Fact]
    public async Task Run_CachedPrompt_IsComputedWholeOnlyIfAskedFor()
    {
        await using var host = new EngineHost();
        var cancellationToken = TestContext.Current.CancellationToken;
        var plain = TestRequest.Greedy(Prompt, 3);
        await host.RunAsync(plain, cancellationToken);

        var scored = host.Submit(plain with { PromptLogprobs = 0 });
        await CollectedResponse.ReadAsync(scored, cancellationToken);
        var again = host.Submit(plain);
        await CollectedResponse.ReadAsync(again, cancellationToken);

        Assert.Equal(0, scored.CachedTokens);
        Assert.Equal(Prompt.Length - 1, scored.PromptLogprobs.Count);
        Assert.Equal(36, again.CachedTokens);
        Assert.Empty(again.PromptLogprobs);
        Assert.Empty(host.Executor.Violations);
    }

    [Fact]
    public async Task Run_ManyThatArePreempted_EachIsToldTheSame()
    {
        var expected = Texts(await ScoresAsync(new SchedulerOptions()));
        var executor = new ScriptedExecutor(new ModelLimits(97, 256, 4, 24));
        var options = new SchedulerOptions { MaxNumSeqs = 6, MaxNumBatchedTokens = 20, MaxScoredTokens = 12, Conservativeness = 0 };
        await using var host = new EngineHost(executor, options);

        var streams = Enumerable.Range(0, 8).Select(_ => host.Submit(TestRequest.Greedy(Prompt, 30) with { PromptLogprobs = 3 })).ToArray();
        foreach (var stream in streams)
        {
            await CollectedResponse.ReadAsync(stream, TestContext.Current.CancellationToken);
            Assert.Equal(expected, Texts(stream.PromptLogprobs));
        }

        Assert.Empty(executor.Violations);
        Assert.All(executor.Plans, plan => Assert.InRange(plan.LogitsRows, 0, 12 + 6));
    }

    private static async Task<IReadOnlyList<TokenLogprobs>> ScoresAsync(SchedulerOptions options, ScriptedExecutor? executor = null, int[]? prompt = null)
    {
        await using var host = new EngineHost(executor, options);
        var stream = host.Submit(TestRequest.Greedy(prompt ?? Prompt, 3) with { PromptLogprobs = 3 });
        var response = await CollectedResponse.ReadAsync(stream, TestContext.Current.CancellationToken);
        Assert.Equal(3, response.TokenIds.Count);
        Assert.Empty(host.Executor.Violations);
        return stream.PromptLogprobs;
    }

    private static string[] Texts(IEnumerable<TokenLogprobs> scores) =>
        [.. scores.Select(score => $"{score.Logprob} {score.Rank} {string.Join(' ', score.Top)}")];
}
