using Inference.Execution.Embeddings;

namespace Inference.Execution.Tests.Embeddings;

public sealed class PooledTests
{
    private static readonly float[] States = [1, -2, 3, 4, -4, 0, 9, 9];

    [Theory]
    [InlineData(Pooling.Mean, 2.25f, 2.75f)]
    [InlineData(Pooling.MeanSqrtLength, 4.5f, 5.5f)]
    [InlineData(Pooling.WeightedMean, 3.1f, 4.2f)]
    [InlineData(Pooling.Max, 9f, 9f)]
    [InlineData(Pooling.FirstToken, 1f, -2f)]
    [InlineData(Pooling.LastToken, 9f, 9f)]
    public void Of_FourTokens_IsAsTheModeSays(Pooling pooling, float x, float y) => Assert.Equal([x, y], Pooled.Of(States, 4, 2, pooling));

    [Fact]
    public void Normalize_AVector_HasLengthOne()
    {
        float[] vector = [3, 4];
        Pooled.Normalize(vector);
        Assert.Equal([0.6f, 0.8f], vector);
    }

    [Fact]
    public void Normalize_Zeros_StayZeros()
    {
        float[] vector = [0, 0];
        Pooled.Normalize(vector);
        Assert.Equal([0f, 0f], vector);
    }
}
