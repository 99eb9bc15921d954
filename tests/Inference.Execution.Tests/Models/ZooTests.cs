using System.Numerics.Tensors;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>A tiny checkpoint of every model family against the logits that transformers computes for it in float32.</summary>
public sealed class ZooTests
{
    private const string LongRope = "phi3-longrope";

    /// <summary>Up to here that model's positions turn in another way.</summary>
    private const int LongRopeLimit = 96;

    public static TheoryData<string> Models => [.. RepositoryFiles.ZooModels];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Execute_GoldenSequencesInChunks_GivesTheGoldenLogits(string name)
    {
        var (difference, rows) = (0f, 0);
        foreach (var (goldens, maxPositions) in Parts(name))
        {
            await using var executor = LoadedModel.Open(RepositoryFiles.ZooModel(name), blockCount: 64, maxPositions: maxPositions);
            foreach (var chunk in new[] { 1, 5, 17, 1000 })
            {
                foreach (var golden in goldens)
                {
                    difference = Math.Max(difference, await CompareAsync(executor, golden, chunk));
                    rows += golden.GreedyIds.Length;
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"| {name} | {rows} of {rows} | {difference:0.0e+0} |");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Execute_AllGoldensInOneStep_GivesTheGoldenLogits(string name)
    {
        foreach (var (goldens, maxPositions) in Parts(name))
        {
            await using var executor = LoadedModel.Open(RepositoryFiles.ZooModel(name), blockCount: 64, maxPositions: maxPositions);
            var result = await new StepDriver(executor).StepAsync([.. goldens.Select((golden, i) => ((long)i, golden.PromptIds, 1))]);
            for (var i = 0; i < goldens.Count; i++)
            {
                goldens[i].AssertLogits(0, result.Row(i));
            }
        }
    }

    private static async Task<float> CompareAsync(OnnxModelExecutor executor, ZooGolden golden, int chunk)
    {
        var tokens = golden.PromptIds.Concat(golden.GreedyIds).ToArray();
        var firstRow = golden.PromptIds.Length - 1;
        var driver = new StepDriver(executor);
        var difference = 0f;
        for (var start = 0; start < tokens.Length; start += chunk)
        {
            var part = tokens[start..Math.Min(tokens.Length, start + chunk)];
            var rows = Math.Clamp(start + part.Length - firstRow, 0, part.Length);
            var result = await driver.StepAsync((1, part, rows));
            for (var row = 0; row < rows; row++)
            {
                var index = start + part.Length - rows + row - firstRow;
                difference = Math.Max(difference, golden.AssertLogits(index, result.Row(row)));
                Assert.True(index == golden.GreedyIds.Length || TensorPrimitives.IndexOfMax(result.Row(row)) == golden.GreedyIds[index]);
            }
        }

        return difference;
    }

    /// <summary>A model's cases, and the longest sequence to convert it for: one that decides by it how positions turn comes twice.</summary>
    private static IEnumerable<(List<ZooGolden> Goldens, int? MaxPositions)> Parts(string name)
    {
        var goldens = ZooGolden.Of(RepositoryFiles.ZooModel(name));
        return name == LongRope
            ?
            [
                (goldens.FindAll(golden => golden.Length <= LongRopeLimit), LongRopeLimit),
                (goldens.FindAll(golden => golden.PromptIds.Length > LongRopeLimit), null),
            ]
            : [(goldens, null)];
    }
}
