using System.Numerics.Tensors;
using Inference.Engine.Execution;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>The executor with a tiny llama; <see cref="ZooTests"/> compares all families, step by step.</summary>
public sealed class ZooLlamaTests : IAsyncLifetime
{
    private OnnxModelExecutor _executor = null!;

    public ValueTask InitializeAsync()
    {
        _executor = LoadedModel.Open(RepositoryFiles.ZooLlama, blockCount: 64);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Fact]
    public async Task Execute_AllGoldensInOneStep_GivesTheGoldenLogits()
    {
        var goldens = Goldens();
        var result = await new StepDriver(_executor).StepAsync([.. goldens.Select((golden, i) => ((long)i, golden.PromptIds, 1))]);
        for (var i = 0; i < goldens.Count; i++)
        {
            goldens[i].AssertLogits(0, result.Row(i));
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
        Goldens()[2].AssertLogits(0, (await driver.StepAsync((1, Goldens()[2].PromptIds[10..], 1))).Row(0));
    }

    [Fact]
    public async Task Execute_TokenOutsideTheVocabulary_FailsAndTheNextStepWorks()
    {
        var driver = new StepDriver(_executor);
        await Assert.ThrowsAsync<ExecutionException>(() => driver.StepAsync((1, [512], 1)));
        await Assert.ThrowsAsync<ExecutionException>(() => driver.StepAsync((2, [-1], 1)));
        driver.Reset();
        Goldens()[1].AssertLogits(0, (await driver.StepAsync((3, Goldens()[1].PromptIds, 1))).Row(0));
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

    private static List<ZooGolden> Goldens() => ZooGolden.Of(RepositoryFiles.ZooLlama);
}
