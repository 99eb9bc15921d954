using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

public sealed class ModelFolderTests
{
    [Fact]
    public void Open_SmolLm2_GivesSpecAndEveryWeight()
    {
        using var model = ModelFolder.Open(RepositoryFiles.SmolLm2);

        Assert.Equal(
            new DecoderSpec
            {
                ModelType = "llama",
                VocabularySize = 49152,
                HiddenSize = 576,
                LayerCount = 30,
                MaxPositions = 8192,
                Attention = new AttentionSpec { HeadCount = 9, KvHeadCount = 3, HeadSize = 64, Scale = 0.125f, RotaryTheta = 100_000 },
                Mlp = new MlpSpec { IntermediateSize = 1536 },
                NormEpsilon = 1e-5f,
                TieWordEmbeddings = true,
            },
            model.Spec);
        Assert.Equal(["config.json", "SmolLM2-135M-Instruct.Q4_1.gguf"], model.SourceFiles.Select(Path.GetFileName));

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var elements = 0L;
        foreach (var (name, shape) in RequiredWeights.Of(model.Spec))
        {
            elements += ReadAll(model.Weights, name, shape[0], shape.Length > 1 ? (int)shape[1] : 0);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{elements} elements in {clock.ElapsedMilliseconds} ms");
        Assert.Equal(134_515_008, elements);
    }

    private static long ReadAll(WeightSource weights, string name, long rows, int columns)
    {
        if (columns == 0)
        {
            weights.ReadRows(name, 0, new float[rows]);
            return rows;
        }

        var buffer = new float[64 * columns];
        for (var row = 0L; row < rows; row += 64)
        {
            weights.ReadRows(name, row, buffer.AsSpan(0, (int)Math.Min(64, rows - row) * columns));
        }

        return rows * columns;
    }
}
