using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>
/// Proposed tokens on real models in int8: whatever was proposed, accepted or rejected, alone or in a crowd that is short of blocks, each request
/// gets the tokens and log-probabilities that it gets alone without proposals, to the last bit.
/// </summary>
public sealed class SpeculationTests
{
    private const int Requests = 16;

    [Theory]
    [InlineData(KvCacheDType.Int8)]
    [InlineData(KvCacheDType.Float32)]
    public Task Engine_ZooLlama_GivesTheSameBitsWithProposals(KvCacheDType cache) =>
        CompareAsync(RepositoryFiles.ZooLlama, cache, promptLimit: 60, outputLimit: 120, blocks: 24, seed: 21);

    [Fact]
    public Task Engine_SmolLm2_GivesTheSameBitsWithProposals() =>
        CompareAsync(RepositoryFiles.SmolLm2, KvCacheDType.Int8, promptLimit: 60, outputLimit: 48, blocks: 14, seed: 22);

    private static async Task CompareAsync(string folder, KvCacheDType cache, int promptLimit, int outputLimit, int blocks, int seed)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        await using var executor = LoadedModel.Open(folder, blocks, ModelDType.Int8, cache);
        var requests = MakeRequests(new Random(seed), executor.Limits.VocabularySize, promptLimit, outputLimit);
        var plain = new SchedulerOptions { EnablePrefixCaching = false };
        var speculation = new SpeculationOptions { PromptLookupMin = 1, MaxStepTokens = 40 };

        var expected = await RunAsync("without", executor, plain, requests, areTogether: false);
        var alone = await RunAsync("alone", executor, plain with { Speculation = speculation }, requests, areTogether: false);
        var crowd = new SchedulerOptions { MaxNumSeqs = 8, MaxNumBatchedTokens = 40, Conservativeness = 0, Speculation = speculation };
        var together = await RunAsync("together", executor, crowd, requests, areTogether: true);

        for (var i = 0; i < requests.Count; i++)
        {
            AssertSame(expected[i], alone[i]);
            AssertSame(expected[i], together[i]);
        }
    }

    private static async Task<IReadOnlyList<CollectedResponse>> RunAsync(
        string name, OnnxModelExecutor executor, SchedulerOptions options, List<InferenceRequest> requests, bool areTogether)
    {
        await using var engine = new CountingEngine(executor, options);
        var responses = new List<CollectedResponse>();
        foreach (var part in requests.Chunk(areTogether ? requests.Count : 1))
        {
            var streams = part.Select(engine.Submit).ToArray();
            responses.AddRange(await Task.WhenAll(streams.Select(stream => CollectedResponse.ReadAsync(stream, TestContext.Current.CancellationToken))));
        }

        var (proposed, accepted) = (engine.Count("vllm:spec_decode_num_draft_tokens"), engine.Count("vllm:spec_decode_num_accepted_tokens"));
        var (preemptions, hits) = (engine.Count("vllm:num_preemptions"), engine.Count("vllm:prefix_cache_hits"));
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {accepted} of {proposed} proposed tokens accepted, {preemptions} preemptions, {hits} cached");
        Assert.Equal(options.Speculation is not null, accepted > 15 && proposed - accepted > 50);
        Assert.Equal(areTogether, preemptions > 0 && hits > 0);
        return responses;
    }

    private static void AssertSame(CollectedResponse expected, CollectedResponse actual)
    {
        Assert.Equal(expected.TokenIds, actual.TokenIds);
        Assert.Equal(expected.Outcome, actual.Outcome);
        Assert.Equal(expected.Tokens.Select(token => token.Logprobs?.Logprob), actual.Tokens.Select(token => token.Logprobs?.Logprob));
        Assert.Equal(
            expected.Tokens.SelectMany(token => token.Logprobs?.Top ?? []), actual.Tokens.SelectMany(token => token.Logprobs?.Top ?? []));
    }

    /// <summary>Prompts that repeat themselves, and often begin as the one before; some greedy by the graph's own arg max, some from logits, some sampled.</summary>
    private static List<InferenceRequest> MakeRequests(Random random, int vocabulary, int promptLimit, int outputLimit)
    {
        var requests = new List<InferenceRequest>();
        int[] prompt = [];
        for (var i = 0; i < Requests; i++)
        {
            var phrase = Enumerable.Range(0, random.Next(3, 9)).Select(_ => random.Next(3, vocabulary)).ToArray();
            var kept = i % 2 == 0 ? 0 : prompt.Length * 2 / 3;
            prompt = [.. prompt[..kept], .. Enumerable.Repeat(phrase, 1 + promptLimit / 10).SelectMany(tokens => tokens).Take(random.Next(8, promptLimit - kept))];
            requests.Add(new InferenceRequest
            {
                RequestId = $"r{i}",
                PromptTokenIds = prompt,
                MaxTokens = random.Next(outputLimit / 3, outputLimit),
                Sampling = (i % 4) switch
                {
                    0 or 1 => SamplingParameters.Greedy,
                    2 => SamplingParameters.Greedy with { TopLogprobs = 2, PresencePenalty = 0.1f },
                    _ => new SamplingParameters { Temperature = 0.3f, TopP = 0.9f, Seed = (ulong)i, TopLogprobs = 2 },
                },
            });
        }

        return requests;
    }
}
