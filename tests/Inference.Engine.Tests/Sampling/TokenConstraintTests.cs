using System.Collections.Frozen;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;
using Inference.Testing;

namespace Inference.Engine.Tests.Sampling;

public sealed class TokenConstraintTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Constraint_Greedy_GivesTheLikeliestTokensAllowedAndEnds()
    {
        // After 1 comes 2, and so on; 50 is what the model never says.
        await using var host = new EngineHost(new ScriptedExecutor(next: history => (history[^1] + 1) % 97));
        var request = Constrained([5], [6, 50], [50, 51], [7, 52], [8, 53]);

        var response = await host.RunAsync(request, Token);

        Assert.Equal(6, response.TokenIds[0]);
        Assert.Contains(response.TokenIds[1], new[] { 50, 51 });
        Assert.Equal(4, response.TokenIds.Count);
        Assert.Equal(FinishReason.Stop, response.Outcome.Reason);
        Assert.Null(response.Outcome.StopTokenId);
    }

    [Theory]
    [InlineData(1.5f, 1f, 0, 0f)]
    [InlineData(1f, 0.5f, 0, 0f)]
    [InlineData(1f, 1f, 3, 0f)]
    [InlineData(1f, 1f, 0, 0.5f)]
    public async Task Constraint_AnySampling_AllowsNothingElse(float temperature, float topP, int topK, float minP)
    {
        await using var host = new EngineHost();
        var places = Enumerable.Range(0, 20).Select(i => new[] { i, 40 + i, 96 }).ToArray();
        var sampling = new SamplingParameters
        {
            Temperature = temperature,
            TopP = topP,
            TopK = topK,
            MinP = minP,
            RepetitionPenalty = 1.3f,
            PresencePenalty = 1,
            LogitBias = new Dictionary<int, float> { [80] = 100 }.ToFrozenDictionary(),
        };

        var response = await host.RunAsync(Constrained([1, 2, 3], places, sampling), Token);

        Assert.Equal(places.Length, response.TokenIds.Count);
        Assert.All(response.TokenIds.Zip(places), pair => Assert.Contains(pair.First, pair.Second));
    }

    [Fact]
    public async Task Constraint_OneTokenLeft_IsAppendedWithoutAStep()
    {
        await using var host = new EngineHost();
        var request = Constrained([1, 2, 3], [10, 11], [20], [21], [22], [30, 31]);

        var response = await host.RunAsync(request, Token);

        Assert.Equal([20, 21, 22], response.TokenIds.Skip(1).Take(3));
        Assert.Equal([3, 4], host.Executor.Plans.Select(plan => plan.TokenIds.Length));
        Assert.Empty(host.Executor.Violations);
    }

    [Fact]
    public async Task Constraint_OneTokenLeftAtTheLimit_EndsThere()
    {
        await using var host = new EngineHost();
        var request = Constrained([1, 2, 3], [10, 11], [20], [21], [22]) with { MaxTokens = 2 };

        var response = await host.RunAsync(request, Token);

        Assert.Equal(2, response.TokenIds.Count);
        Assert.Equal(FinishReason.Length, response.Outcome.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    public async Task Constraint_WithProposedTokens_GivesTheSameTokens(double temperature)
    {
        // Counts to nine and begins again; every seventh place asks for something else, every eleventh leaves no choice.
        var places = Enumerable.Range(0, 60).Select(i => i % 11 == 10 ? [20] : i % 7 == 6 ? new[] { 11, 12 } : [.. Enumerable.Range(0, 10)]).ToArray();
        var sampling = new SamplingParameters { Temperature = (float)temperature, Seed = 3 };
        var request = Constrained([.. Enumerable.Range(0, 20).Select(i => i % 10)], places, sampling) with { MaxTokens = 100 };
        var speculating = new SchedulerOptions { Speculation = new SpeculationOptions { NumSpeculativeTokens = 4 } };

        await using var plain = new EngineHost(new ScriptedExecutor(next: Count));
        await using var host = new EngineHost(new ScriptedExecutor(next: Count), speculating);
        var expected = await plain.RunAsync(request, Token);
        var response = await host.RunAsync(request, Token);

        Assert.Equal(places.Length, response.TokenIds.Count);
        Assert.Equal(expected.TokenIds, response.TokenIds);
        Assert.Equal(FinishReason.Stop, response.Outcome.Reason);
        Assert.InRange(host.Executor.Plans.Count, 1, plain.Executor.Plans.Count - 1);
        Assert.Empty(host.Executor.Violations);
    }

    [Fact]
    public async Task Constraint_SharedByRequests_IsEachOnesOwn()
    {
        await using var host = new EngineHost();
        var shared = new ScriptedConstraint([1, 2], [3, 4], [5, 6]);
        var sampling = SamplingParameters.Greedy with { Constraint = shared };
        var requests = Enumerable.Range(0, 5).Select(i => TestRequest.Greedy(3 + i, 9) with { Sampling = sampling });

        var responses = await Task.WhenAll(requests.Select(request => host.RunAsync(request, Token)));

        Assert.All(responses, response => Assert.Equal(3, response.TokenIds.Count));
    }

    [Fact]
    public async Task Constraint_ThatAllowsNothing_EndsTheRequestAlone()
    {
        await using var host = new EngineHost();
        var dead = host.RunAsync(Constrained([1, 2], [1, 2], [], [3]), Token);
        var other = host.RunAsync(TestRequest.Greedy(4, 8), Token);

        Assert.Equal(FinishReason.Error, (await dead).Outcome.Reason);
        Assert.Equal(8, (await other).TokenIds.Count);
    }

    private static int Count(ReadOnlySpan<int> history) => (history[^1] + 1) % 10;

    private static InferenceRequest Constrained(int[] prompt, params int[][] places) => Constrained(prompt, places, SamplingParameters.Greedy);

    private static InferenceRequest Constrained(int[] prompt, int[][] places, SamplingParameters sampling) =>
        TestRequest.Greedy(prompt, 50) with { Sampling = sampling with { Constraint = new ScriptedConstraint(places) } };
}
