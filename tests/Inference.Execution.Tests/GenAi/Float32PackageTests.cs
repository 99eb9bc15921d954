using System.Numerics.Tensors;
using Inference.Execution.Tests.Models;

namespace Inference.Execution.Tests.GenAi;

/// <summary>Packages in float32 by the paged engine, against ONNX Runtime GenAI itself.</summary>
public sealed class Float32PackageTests
{
    private const string LongRope = "phi3-longrope/fp32-cpu";

    /// <summary>Up to here that package's positions turn in another way.</summary>
    private const int LongRopeLimit = 96;

    public static TheoryData<string> Packages => [.. PackageGolden.CpuPackages.Where(package => package.Contains("fp32", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Execute_GoldenSequencesInChunks_GivesWhatGenAiGives(string package)
    {
        var (difference, tokens) = (0f, 0);
        foreach (var (goldens, maxLength) in Parts(package))
        {
            await using var executor = LoadedPackage.Open(package, blockCount: 64, maxLength);
            foreach (var chunk in new[] { 1, 17, 1000 })
            {
                foreach (var golden in goldens)
                {
                    difference = Math.Max(difference, await CompareAsync(executor, golden, chunk));
                    tokens += golden.GreedyIds.Length;
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"| {package} | {tokens} of {tokens} | {difference:0.0e+0} |");
        Assert.InRange(difference, 0, 1e-3f);
    }

    private static async Task<float> CompareAsync(OnnxModelExecutor executor, PackageGolden golden, int chunk)
    {
        var driver = new StepDriver(executor);
        var chunks = golden.PromptIds.Chunk(chunk).ToList();
        var difference = 0f;
        for (var i = 0; i < chunks.Count + golden.GreedyIds.Length - 1; i++)
        {
            var generated = i - chunks.Count + 1;
            int[] part = generated <= 0 ? chunks[i] : [golden.GreedyIds[generated - 1]];
            var result = await driver.StepAsync((1, part, generated < 0 ? 0 : 1));
            if (generated >= 0)
            {
                Assert.True(
                    TensorPrimitives.IndexOfMax(result.Row(0)) == golden.GreedyIds[generated],
                    $"{golden.Name}, token {generated}: {TensorPrimitives.IndexOfMax(result.Row(0))} for {golden.GreedyIds[generated]}");
            }

            if (generated == 0)
            {
                difference = LargestDifference(result.Row(0), golden.LastLogits);
            }
        }

        return difference;
    }

    private static float LargestDifference(ReadOnlySpan<float> actual, float[] expected)
    {
        var difference = new float[expected.Length];
        TensorPrimitives.Subtract(actual, expected, difference);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
    }

    /// <summary>A package's cases, and the longest sequence to load it for: one that decides by it how positions turn comes twice.</summary>
    private static IEnumerable<(List<PackageGolden> Goldens, int? MaxLength)> Parts(string package)
    {
        var goldens = PackageGolden.OfFloat32(package);
        return package == LongRope
            ?
            [
                (goldens.FindAll(golden => golden.PromptIds.Length + golden.GreedyIds.Length <= LongRopeLimit), LongRopeLimit),
                (goldens.FindAll(golden => golden.PromptIds.Length > LongRopeLimit), null),
            ]
            : [(goldens, null)];
    }
}
