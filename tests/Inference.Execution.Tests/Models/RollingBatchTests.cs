using Inference.Engine;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>The promise of rolling batching on real models: what a request gets does not depend on what else runs, how its prompt was cut or how often it was preempted.</summary>
public sealed class RollingBatchTests
{
    private const int Requests = 32;
    private const string Preemptions = "vllm:num_preemptions";
    private const string PrefixCacheHits = "vllm:prefix_cache_hits";

    // The float32 GEMM may sum in another order at another row count: below this margin the two likeliest tokens are a tie.
    private const float DecisiveMargin = 1e-3f;

    [Fact]
    public async Task Engine_ZooLlamaUnderBlockShortage_GivesEachRequestWhatItGetsAlone()
    {
        var preemptions = await CompareAsync(RepositoryFiles.ZooLlama, promptLimit: 100, outputLimit: 250, blocks: 40, batchedTokens: 48, seed: 11);
        Assert.True(preemptions > 10, $"only {preemptions} preemptions were forced");
    }

    public static TheoryData<string> Models => [.. RepositoryFiles.ZooModels];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Engine_AnyFamilyUnderBlockShortage_GivesEachRequestWhatItGetsAlone(string name)
    {
        var preemptions = await CompareAsync(
            RepositoryFiles.ZooModel(name), promptLimit: 40, outputLimit: 150, blocks: 16, batchedTokens: 48, seed: 14);
        Assert.True(preemptions > 0, $"only {preemptions} preemptions were forced");
    }

    [Fact]
    public async Task Engine_SmolLm2UnderBlockShortage_GivesEachRequestWhatItGetsAlone()
    {
        var preemptions = await CompareAsync(RepositoryFiles.SmolLm2, promptLimit: 30, outputLimit: 36, blocks: 8, batchedTokens: 40, seed: 12);
        Assert.True(preemptions > 1, $"only {preemptions} preemptions were forced");
    }

    [Fact]
    public async Task Engine_SmolLm2InInt8UnderBlockShortage_GivesEachRequestWhatItGetsAloneToTheLastToken()
    {
        var preemptions = await CompareAsync(
            RepositoryFiles.SmolLm2, promptLimit: 100, outputLimit: 100, blocks: 24, batchedTokens: 40, seed: 13, ModelDType.Int8);
        Assert.True(preemptions > 5, $"only {preemptions} preemptions were forced");
    }

    /// <summary>Two adapters, one of them loaded twice, and none in every step.</summary>
    [Theory]
    [InlineData(ModelDType.Float32)]
    [InlineData(ModelDType.Int8)]
    public async Task Engine_AdaptersUnderBlockShortage_GivesEachRequestWhatItGetsAlone(ModelDType dtype)
    {
        await using var model = new LoraModel(RepositoryFiles.ZooLlama, blockCount: 40, dtype);
        Adapter?[] adapters = [model.Load("llama-a"), model.Load("llama-a"), null, null, model.Load("llama-b"), null];
        var preemptions = await CompareAsync(
            model.Executor, promptLimit: 100, outputLimit: 250, batchedTokens: 48, seed: 15, dtype, request => adapters[request % adapters.Length]);
        Assert.True(preemptions > 5, $"only {preemptions} preemptions were forced");
    }

    private static async Task<long> CompareAsync(
        string folder, int promptLimit, int outputLimit, int blocks, int batchedTokens, int seed, ModelDType dtype = ModelDType.Float32)
    {
        await using var executor = LoadedModel.Open(folder, blocks, dtype);
        return await CompareAsync(executor, promptLimit, outputLimit, batchedTokens, seed, dtype, static _ => null);
    }

    private static async Task<long> CompareAsync(
        OnnxModelExecutor executor, int promptLimit, int outputLimit, int batchedTokens, int seed, ModelDType dtype, Func<int, Adapter?> adapterOf)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        List<InferenceRequest> requests =
        [
            .. MakeRequests(new Random(seed), executor.Limits.VocabularySize, promptLimit, outputLimit)
                .Select((request, i) => request with { Adapter = adapterOf(i) }),
        ];

        var alone = new List<CollectedResponse>();
        await using (var single = new CountingEngine(executor, new SchedulerOptions { EnablePrefixCaching = false }))
        {
            foreach (var request in requests)
            {
                alone.Add(await CollectedResponse.ReadAsync(single.Submit(request), TestContext.Current.CancellationToken));
            }

            Assert.Equal((0, 0), (single.Count(Preemptions), single.Count(PrefixCacheHits)));
        }

        await using var crowd = new CountingEngine(executor, new SchedulerOptions { MaxNumSeqs = Requests, MaxNumBatchedTokens = batchedTokens, Conservativeness = 0 });
        var together = await RunStaggeredAsync(crowd, requests);
        var compared = 0;
        for (var i = 0; i < Requests; i++)
        {
            // In int8 sums are exact or in a fixed order, so there are no ties to excuse.
            compared += AssertSameWhileDecisive(i, alone[i], together[i], dtype == ModelDType.Int8 ? -1 : DecisiveMargin);
        }

        Assert.True(compared > requests.Sum(request => request.MaxTokens) / 2, $"only {compared} tokens were decisive");
        Assert.True(crowd.Count(PrefixCacheHits) > 0, "no prompt was found in the prefix cache");
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{compared} decisive tokens compared, {crowd.Count(Preemptions)} preemptions, {crowd.Count(PrefixCacheHits)} prompt tokens cached");
        return crowd.Count(Preemptions);
    }

    /// <summary>Every request joins when the one before it has its second token (or has ended), so that prompts meet decodes.</summary>
    private static async Task<CollectedResponse[]> RunStaggeredAsync(CountingEngine host, List<InferenceRequest> requests)
    {
        var responses = new List<Task<CollectedResponse>>();
        foreach (var request in requests)
        {
            var stream = host.Submit(request);
            var joined = new TaskCompletionSource();
            responses.Add(CollectAsync(stream, joined));
            await joined.Task;
        }

        return await Task.WhenAll(responses);
    }

    private static async Task<CollectedResponse> CollectAsync(RequestStream stream, TaskCompletionSource joined)
    {
        var tokens = new List<TokenEvent>();
        await foreach (var tokenEvent in stream.Events.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (tokenEvent.Outcome is { } outcome)
            {
                joined.TrySetResult();
                return new CollectedResponse(tokens, outcome);
            }

            tokens.Add(tokenEvent);
            if (tokens.Count == 2)
            {
                joined.TrySetResult();
            }
        }

        throw new InvalidOperationException("The stream ended without an outcome.");
    }

    private static int AssertSameWhileDecisive(int request, CollectedResponse alone, CollectedResponse together, float margin)
    {
        Assert.Equal(FinishReason.Length, together.Outcome.Reason);
        Assert.Equal(alone.TokenIds.Count, together.TokenIds.Count);
        for (var i = 0; i < alone.TokenIds.Count; i++)
        {
            var top = alone.Tokens[i].Logprobs!.Top;
            if (top[0].Logprob - top[1].Logprob <= margin)
            {
                // From a tie on, the two may go different ways.
                return i;
            }

            Assert.True(alone.TokenIds[i] == together.TokenIds[i], $"request {request}, token {i}: {together.TokenIds[i]} for {alone.TokenIds[i]}");
        }

        return alone.TokenIds.Count;
    }

    /// <summary>Every other prompt begins as the one before it does, which gives the prefix cache something to find.</summary>
    private static List<InferenceRequest> MakeRequests(Random random, int vocabulary, int promptLimit, int outputLimit)
    {
        var requests = new List<InferenceRequest>();
        int[] prompt = [];
        for (var i = 0; i < Requests; i++)
        {
            var kept = i % 2 == 0 ? 0 : prompt.Length * 2 / 3;
            prompt = [.. prompt[..kept], .. Enumerable.Range(0, random.Next(1, promptLimit - kept)).Select(_ => random.Next(3, vocabulary))];
            requests.Add(new InferenceRequest
            {
                RequestId = $"r{i}",
                PromptTokenIds = prompt,
                MaxTokens = random.Next(outputLimit / 3, outputLimit),
                Sampling = SamplingParameters.Greedy with { TopLogprobs = 2 },
            });
        }

        return requests;
    }
}
