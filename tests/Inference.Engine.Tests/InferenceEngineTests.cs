using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests;

public sealed class InferenceEngineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrySubmit_GreedyRequest_GivesTheModelsTokensAndOneEnd()
    {
        await using var host = new EngineHost();
        var request = TestRequest.Greedy(promptLength: 10, maxTokens: 20);

        var response = await host.RunAsync(request, Token);

        Assert.Equal(host.Executor.Continue(request.PromptTokenIds.Span, 20), response.TokenIds);
        Assert.Equal(FinishReason.Length, response.Outcome.Reason);
        Assert.Equal((10, 20), (response.Outcome.PromptTokens, response.Outcome.CompletionTokens));
        Assert.Empty(host.Executor.Violations);
    }

    [Fact]
    public async Task TrySubmit_ManyRequestsInASmallPool_EachAsIfAlone()
    {
        var executor = new ScriptedExecutor(new(VocabularySize: 97, MaxModelLength: 64, BlockSize: 4, BlockCount: 20));
        await using var host = new EngineHost(executor, new SchedulerOptions { MaxNumSeqs = 8, MaxNumBatchedTokens = 16 });
        var requests = Enumerable.Range(0, 32).Select(i => TestRequest.Greedy(promptLength: 1 + i % 30, maxTokens: 5 + i % 25, seed: i)).ToArray();

        var responses = await Task.WhenAll(requests.Select(request => host.RunAsync(request, Token)));

        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(executor.Continue(requests[i].PromptTokenIds.Span, requests[i].MaxTokens), responses[i].TokenIds);
        Assert.Empty(executor.Violations);
    }
}
