using System.Numerics.Tensors;
using System.Text.Json;
using Inference.Execution.Embeddings;
using Inference.Testing;

namespace Inference.Execution.Tests.Embeddings;

/// <summary>all-MiniLM-L6-v2 in int8 against the float32 model's vectors.</summary>
public sealed class OnnxEmbeddingModelTests : IDisposable
{
    private readonly OnnxEmbeddingModel _model = OnnxEmbeddingModel.Load(EmbeddingFolder.Read(RepositoryFiles.MiniLm), threads: 2, sharesCores: true);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Embed_GoldenTexts_AreCloseToTheReference()
    {
        Assert.Equal((384, 256), (_model.Dimensions, _model.MaxLength));
        Assert.All(Golden(), item =>
        {
            var vector = _model.Embed(item.TokenIds);

            Assert.Equal(1, TensorPrimitives.Norm<float>(vector), 1e-5f);
            Assert.True(TensorPrimitives.CosineSimilarity<float>(vector, item.Vector) >= 0.98f);
        });
    }

    [Fact]
    public void Embed_OtherTextsBefore_ChangesNoBit()
    {
        var items = Golden();
        var alone = items.Select(item => _model.Embed(item.TokenIds)).ToArray();

        var again = items.Reverse().Select(item => _model.Embed(item.TokenIds)).Reverse();

        Assert.All(alone.Zip(again), pair => Assert.Equal(pair.First, pair.Second));
    }

    [Fact]
    public void Embed_OneThreadOrTwo_IsTheSameToTheBit()
    {
        using var single = OnnxEmbeddingModel.Load(EmbeddingFolder.Read(RepositoryFiles.MiniLm), threads: 1, sharesCores: false);

        Assert.All(Golden(), item => Assert.Equal(_model.Embed(item.TokenIds), single.Embed(item.TokenIds)));
    }

    private static (int[] TokenIds, float[] Vector)[] Golden()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Golden, "all-minilm-l6-v2.json")));
        return
        [
            .. document.RootElement.EnumerateArray().Select(item => (
                item.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()).ToArray(),
                item.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray())),
        ];
    }
}
