using Inference.Models.Graphs;

namespace Inference.Models.Tests.Graphs;

public sealed class StackedMatricesTests
{
    [Fact]
    public void Write_AnyRangeOfRows_EqualsThatPartOfTheWhole()
    {
        var weights = new FakeWeightSource();
        weights.Add("a", 3, 2);
        weights.Add("b", 1, 2);
        weights.Add("c", 4, 2);
        var data = new StackedMatrices(weights, [new("a", 3), new("b", 1), new("c", 4)], 2);
        float[] whole = [.. weights.Elements("a"), .. weights.Elements("b"), .. weights.Elements("c")];

        Assert.Equal(8, data.RowCount);
        Assert.Equal([8, 2], data.Shape);
        for (var first = 0; first < 8; first++)
        {
            for (var count = 1; first + count <= 8; count++)
            {
                Assert.Equal(whole[(first * 2)..((first + count) * 2)], TensorBytes.Read(data, first, count));
            }
        }
    }

    [Fact]
    public void Constructor_RowLongerThanAnArray_IsRefused()
    {
        var exception = Assert.Throws<ModelFormatException>(() => new StackedMatrices(new FakeWeightSource(), [new("a", 1)], 1L << 30));

        Assert.Equal("a tensor of shape [1, 1073741824] has rows of 4294967296 bytes, more than can be read at once", exception.Message);
    }
}
