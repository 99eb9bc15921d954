using System.Globalization;
using System.Text.Json;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>The default model against what transformers computes from its dequantised weights in float32.</summary>
public sealed class SmolLm2Tests : IAsyncLifetime
{
    // Below this the two likeliest tokens are a tie that rounding decides.
    private const double DecisiveMargin = 1e-3;

    private OnnxModelExecutor _executor = null!;

    public ValueTask InitializeAsync()
    {
        _executor = LoadedModel.Open(RepositoryFiles.SmolLm2, blockCount: 2048);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Fact]
    public async Task Execute_AllGoldensTogether_GivesTheGreedyTokensAndFirstLogprobs()
    {
        using var golden = ReadGolden();
        var cases = golden.RootElement.GetProperty("cases").EnumerateArray().ToArray();
        var greedy = cases.Select(c => Ids(c.GetProperty("greedy_ids"))).ToArray();
        var driver = new StepDriver(_executor);
        var result = await driver.StepAsync([.. cases.Select((c, i) => ((long)i, Ids(c.GetProperty("prompt_ids")), 1))]);
        for (var i = 0; i < cases.Length; i++)
        {
            AssertFirstLogprobs(cases[i], result.Row(i));
        }

        // Fed with the golden's own tokens, so that one tie does not end the comparison.
        var compared = 0;
        for (var step = 0; step < greedy.Max(ids => ids.Length); step++)
        {
            var running = Enumerable.Range(0, cases.Length).Where(i => step < greedy[i].Length).ToArray();
            for (var row = 0; row < running.Length; row++)
            {
                var i = running[row];
                var margin = cases[i].GetProperty("margins")[step].GetDouble();
                if (margin > DecisiveMargin)
                {
                    Assert.True(ArgMax(result.Row(row)) == greedy[i][step], $"{cases[i].GetProperty("name")} step {step}: {ArgMax(result.Row(row))} for {greedy[i][step]}");
                    compared++;
                }
            }

            var next = running.Where(i => step + 1 < greedy[i].Length).ToArray();
            if (next.Length > 0)
            {
                result = await driver.StepAsync([.. next.Select(i => ((long)i, new[] { greedy[i][step] }, 1))]);
            }
        }

        Assert.True(compared > 100, $"only {compared} tokens were decisive");
    }

    [Fact]
    public async Task Execute_GoldenText_GivesTheGoldenPerplexity() => Assert.InRange(await PerplexityRatioAsync(_executor), 0.9995, 1.0005);

    [Theory]
    [InlineData(KvCacheDType.Int8)]
    [InlineData(KvCacheDType.Float32)]
    public async Task Execute_GoldenTextInInt8_LosesLessThanOnePercentOfPerplexity(KvCacheDType cache)
    {
        await using var executor = LoadedModel.Open(RepositoryFiles.SmolLm2, blockCount: 64, ModelDType.Int8, cache);
        Assert.InRange(await PerplexityRatioAsync(executor), 0.99, 1.01);
    }

    /// <summary>The perplexity of the golden's text over what the golden says.</summary>
    private static async Task<double> PerplexityRatioAsync(OnnxModelExecutor executor)
    {
        var golden = GoldenText.Read();
        var (perplexity, reference) = (await golden.MeasureAsync(executor, TestContext.Current.CancellationToken), golden.Perplexity);
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"perplexity {perplexity:F4}, golden {reference:F4}, ratio {perplexity / reference:F5}"));
        return perplexity / reference;
    }

    private static JsonDocument ReadGolden() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.Golden, "smollm2-135m-instruct.json")));

    private static void AssertFirstLogprobs(JsonElement golden, ReadOnlySpan<float> logits)
    {
        foreach (var pair in golden.GetProperty("first_top20_logprobs").EnumerateArray())
        {
            var (id, expected) = (pair[0].GetInt32(), pair[1].GetDouble());
            Assert.True(Math.Abs(GoldenText.Logprob(logits, id) - expected) < 1e-3, $"{golden.GetProperty("name")} token {id}: {GoldenText.Logprob(logits, id)} for {expected}");
        }
    }

    private static int ArgMax(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }

    private static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];
}
