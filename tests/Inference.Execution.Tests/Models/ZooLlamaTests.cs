using System.Numerics.Tensors;
using System.Text.Json;
using Inference.Engine.Execution;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>A tiny llama against the logits that transformers computes for it in float32.</summary>
public sealed class ZooLlamaTests : IAsyncLifetime
{
    private const float Tolerance = 1e-3f;

    private OnnxModelExecutor _executor = null!;

    public ValueTask InitializeAsync()
    {
        _executor = LoadedModel.Open(RepositoryFiles.ZooLlama, blockCount: 64);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(1000)]
    public async Task Execute_GoldenSequenceInChunks_GivesTheGoldenLogits(int chunk)
    {
        foreach (var golden in Goldens())
        {
            // Row j are the logits after the prompt and j generated tokens: the last 33 positions of prompt and output.
            var tokens = golden.PromptIds.Concat(golden.GreedyIds).ToArray();
            var firstRow = golden.PromptIds.Length - 1;
            var driver = new StepDriver(_executor);
            for (var start = 0; start < tokens.Length; start += chunk)
            {
                var part = tokens[start..Math.Min(tokens.Length, start + chunk)];
                var rows = Math.Clamp(start + part.Length - firstRow, 0, part.Length);
                var result = await driver.StepAsync((1, part, rows));
                for (var row = 0; row < rows; row++)
                {
                    AssertLogits(golden, start + part.Length - rows + row - firstRow, result.Row(row));
                }
            }
        }
    }

    [Fact]
    public async Task Execute_AllGoldensInOneStep_GivesTheGoldenLogits()
    {
        var goldens = Goldens();
        var result = await new StepDriver(_executor).StepAsync([.. goldens.Select((golden, i) => ((long)i, golden.PromptIds, 1))]);
        for (var i = 0; i < goldens.Count; i++)
        {
            AssertLogits(goldens[i], 0, result.Row(i));
        }
    }

    [Theory]
    [InlineData(ModelDType.Float32, KvCacheDType.Int8, 0.05f)]
    [InlineData(ModelDType.Int8, KvCacheDType.Float32, 0.15f)]
    [InlineData(ModelDType.Int8, KvCacheDType.Int8, 0.15f)]
    public async Task Execute_GoldensInInt8_GivesNearlyTheGoldenLogits(ModelDType dtype, KvCacheDType cache, float tolerance)
    {
        await using var executor = LoadedModel.Open(RepositoryFiles.ZooLlama, blockCount: 64, dtype, cache);
        var goldens = Goldens();
        var result = await new StepDriver(executor).StepAsync([.. goldens.Select((golden, i) => ((long)i, golden.PromptIds, 1))]);
        for (var i = 0; i < goldens.Count; i++)
        {
            var expected = goldens[i].Logits[..result.VocabularySize];
            var error = TensorPrimitives.Distance(expected, result.Row(i)) / TensorPrimitives.Norm<float>(expected);
            Assert.True(error < tolerance, $"{goldens[i].Name}: {error}");
        }
    }

    [Fact]
    public async Task Execute_NoLogitsWanted_GivesNoRows()
    {
        var driver = new StepDriver(_executor);
        Assert.Equal(0, (await driver.StepAsync((1, Goldens()[2].PromptIds[..10], 0))).Rows);
        AssertLogits(Goldens()[2], 0, (await driver.StepAsync((1, Goldens()[2].PromptIds[10..], 1))).Row(0));
    }

    [Fact]
    public async Task Execute_TokenOutsideTheVocabulary_FailsAndTheNextStepWorks()
    {
        var driver = new StepDriver(_executor);
        await Assert.ThrowsAsync<ExecutionException>(() => driver.StepAsync((1, [512], 1)));
        await Assert.ThrowsAsync<ExecutionException>(() => driver.StepAsync((2, [-1], 1)));
        driver.Reset();
        AssertLogits(Goldens()[1], 0, (await driver.StepAsync((3, Goldens()[1].PromptIds, 1))).Row(0));
    }

    [Fact]
    public async Task Execute_BlockOutsideTheCache_FailsWithAMessage()
    {
        var plan = new StepPlan
        {
            StepIndex = 9,
            TokenIds = new[] { 5 },
            Sequences = new[] { new SequenceStep(1, 1, 0, 0, 1, 0, new[] { 64 }) },
            LogitsRows = 1,
        };
        var failure = await Assert.ThrowsAsync<ExecutionException>(
            () => _executor.ExecuteAsync(plan, TestContext.Current.CancellationToken).AsTask());
        Assert.Contains("Step 9", failure.Message, StringComparison.Ordinal);
        Assert.Contains("a block is outside the cache", failure.Message, StringComparison.Ordinal);
    }

    private static void AssertLogits(Golden golden, int row, ReadOnlySpan<float> actual)
    {
        var expected = golden.Logits.AsSpan(row * actual.Length, actual.Length);
        for (var i = 0; i < actual.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) < Tolerance, $"{golden.Name} row {row} token {i}: {actual[i]}, expected {expected[i]}");
        }
    }

    private static List<Golden> Goldens()
    {
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.ZooLlama, "golden.json")));
        var logits = new GoldenTensors(Path.Combine(RepositoryFiles.ZooLlama, "golden.safetensors"));
        return [.. cases.RootElement.EnumerateArray().Select(element => Read(element, logits))];
    }

    private static Golden Read(JsonElement element, GoldenTensors tensors)
    {
        var name = element.GetProperty("name").GetString()!;
        return new Golden(name, Ids(element, "prompt_ids"), Ids(element, "greedy_ids"), tensors.Read($"{name}.logits"));
    }

    private static int[] Ids(JsonElement element, string property) => [.. element.GetProperty(property).EnumerateArray().Select(id => id.GetInt32())];

    private sealed record Golden(string Name, int[] PromptIds, int[] GreedyIds, float[] Logits);
}
