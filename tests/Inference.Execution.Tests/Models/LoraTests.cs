using System.Numerics.Tensors;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>Adapters for the tiny llama against the logits that PEFT computes with each merged into the base in float32.</summary>
public sealed class LoraTests : IAsyncLifetime
{
    private LoraModel _model = null!;

    public static TheoryData<string> Adapters => ["llama-a", "llama-b"];

    public ValueTask InitializeAsync()
    {
        _model = new LoraModel(RepositoryFiles.ZooLlama, blockCount: 64);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Theory]
    [MemberData(nameof(Adapters))]
    public async Task Execute_GoldenSequencesInChunks_GivesTheGoldenLogits(string name)
    {
        var (adapter, difference, rows) = (_model.Load(name), 0f, 0);
        foreach (var golden in ZooGolden.Of(RepositoryFiles.Lora(name)))
        {
            foreach (var chunk in new[] { 1, 5, 17, 1000 })
            {
                difference = Math.Max(difference, await CompareAsync(golden, chunk, adapter));
                rows += golden.GreedyIds.Length;
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"| {name} | {rows} of {rows} | {difference:0.0e+0} |");
    }

    /// <summary>Two adapters and none share steps: prompts at first, then one token of each, rows of one adapter apart from each other.</summary>
    [Fact]
    public async Task Execute_AdaptersAndNoneInOneStep_GivesEachItsGoldenLogits()
    {
        var (a, b) = (_model.Load("llama-a"), _model.Load("llama-b"));
        var lists = new (List<ZooGolden> Goldens, Adapter? Adapter)[]
        {
            (ZooGolden.Of(RepositoryFiles.Lora("llama-a")), a),
            (ZooGolden.Of(RepositoryFiles.Lora("llama-b")), b),
            ([.. ZooGolden.Of(RepositoryFiles.ZooLlama).Take(3)], null),
        };
        var all = Enumerable.Range(0, 3).SelectMany(i => lists.Select(list => (Golden: list.Goldens[i], list.Adapter))).ToList();
        var driver = new StepDriver(_model.Executor);
        for (var step = 0; step <= 32; step++)
        {
            var result = await driver.StepAsync(
                [.. all.Select((entry, i) => ((long)i, step == 0 ? entry.Golden.PromptIds : [entry.Golden.GreedyIds[step - 1]], 1, entry.Adapter))]);
            for (var i = 0; i < all.Count; i++)
            {
                all[i].Golden.AssertLogits(step, result.Row(i));
            }
        }
    }

    [Fact]
    public async Task Execute_NoAdapterInTheStep_IsToTheBitWhatTheModelWithoutAdaptersGives()
    {
        await using var plain = LoadedModel.Open(RepositoryFiles.ZooLlama, blockCount: 64);
        var prompts = ZooGolden.Of(RepositoryFiles.ZooLlama).Select((golden, i) => ((long)i, golden.PromptIds, 1)).ToArray();
        var expected = await new StepDriver(plain).StepAsync(prompts);
        var actual = await new StepDriver(_model.Executor).StepAsync(prompts);
        for (var row = 0; row < prompts.Length; row++)
        {
            Assert.True(expected.Row(row).SequenceEqual(actual.Row(row)), $"row {row}");
        }
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public async Task Execute_GoldensInInt8_GivesNearlyTheGoldenLogits(string name)
    {
        await using var model = new LoraModel(RepositoryFiles.ZooLlama, blockCount: 64, ModelDType.Int8);
        var (adapter, goldens, same) = (model.Load(name), ZooGolden.Of(RepositoryFiles.Lora(name)), 0);
        var result = await new StepDriver(model.Executor).StepAsync(
            [.. goldens.Select((golden, i) => ((long)i, golden.PromptIds.Concat(golden.GreedyIds).ToArray(), 33, (Adapter?)adapter))]);
        for (var row = 0; row < 33 * goldens.Count; row++)
        {
            var golden = goldens[row / 33];
            var expected = golden.Logits.AsSpan(row % 33 * result.VocabularySize, result.VocabularySize);
            var error = TensorPrimitives.Distance(expected, result.Row(row)) / TensorPrimitives.Norm<float>(expected);
            Assert.True(error < 0.2f, $"{golden.Name} row {row % 33}: {error}");
            same += TensorPrimitives.IndexOfMax(expected) == TensorPrimitives.IndexOfMax(result.Row(row)) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{name} in int8: {same} of {33 * goldens.Count} arg max equal");
        Assert.True(same > 28 * goldens.Count);
    }

    /// <summary>In int8 a sequence's logits are the same to the bit beside other adapters, beside none, and however its prompt is cut.</summary>
    [Fact]
    public async Task Execute_InInt8_IsToTheBitWhatItIsAlone()
    {
        await using var model = new LoraModel(RepositoryFiles.ZooLlama, blockCount: 64, ModelDType.Int8);
        Adapter?[] adapters = [model.Load("llama-a"), null, model.Load("llama-b"), model.Load("llama-a"), null];
        var goldens = ZooGolden.Of(RepositoryFiles.ZooLlama).Take(adapters.Length).ToList();
        var together = new StepDriver(model.Executor);
        var result = await together.StepAsync([.. goldens.Select((golden, i) => ((long)i, golden.PromptIds, 1, adapters[i]))]);
        var rows = goldens.Select((_, i) => result.Row(i).ToArray()).ToList();
        for (var i = 0; i < goldens.Count; i++)
        {
            var alone = new StepDriver(model.Executor);
            StepResult? last = null;
            foreach (var part in goldens[i].PromptIds.Chunk(3 + i))
            {
                last = await alone.StepAsync((1, part, 1, adapters[i]));
            }

            Assert.Equal(rows[i], last!.Row(0).ToArray());
        }
    }

    [Fact]
    public async Task Execute_AdapterForAModelConvertedWithout_FailsInWords()
    {
        await using var plain = LoadedModel.Open(RepositoryFiles.ZooLlama, blockCount: 8);
        var failure = await Assert.ThrowsAsync<ExecutionException>(() => new StepDriver(plain).StepAsync((1, [5], 1, _model.Load("llama-a"))));
        Assert.Contains("converted without", failure.Message, StringComparison.Ordinal);
        failure = await Assert.ThrowsAsync<ExecutionException>(() => new StepDriver(_model.Executor).StepAsync((1, [5], 1, new TestAdapter())));
        Assert.Contains("another kind", failure.Message, StringComparison.Ordinal);
    }

    private async Task<float> CompareAsync(ZooGolden golden, int chunk, Adapter adapter)
    {
        var tokens = golden.PromptIds.Concat(golden.GreedyIds).ToArray();
        var firstRow = golden.PromptIds.Length - 1;
        var driver = new StepDriver(_model.Executor);
        var difference = 0f;
        for (var start = 0; start < tokens.Length; start += chunk)
        {
            var part = tokens[start..Math.Min(tokens.Length, start + chunk)];
            var rows = Math.Clamp(start + part.Length - firstRow, 0, part.Length);
            var result = await driver.StepAsync((1, part, rows, adapter));
            for (var row = 0; row < rows; row++)
            {
                var index = start + part.Length - rows + row - firstRow;
                difference = Math.Max(difference, golden.AssertLogits(index, result.Row(row)));
                Assert.True(index == golden.GreedyIds.Length || TensorPrimitives.IndexOfMax(result.Row(row)) == golden.GreedyIds[index]);
            }
        }

        return difference;
    }
}
