using Inference.Models.Rotation;
using Inference.Models.Tests.Graphs;

namespace Inference.Models.Tests.Rotation;

public sealed class RotationBlocksTests
{
    [Theory]
    [InlineData(64, 64)]
    [InlineData(576, 64)]
    [InlineData(192, 64)]
    [InlineData(1536, 512)]
    [InlineData(4096, 512)]
    [InlineData(80, 16)]
    [InlineData(7, 1)]
    public void Of_Width_TakesTheLargestPowerOfTwoThatDividesItUpTo512(int width, int block)
    {
        var spec = TinyModel.Int8Spec;

        Assert.Equal(new RotationBlocks(block, 32, 128), RotationBlocks.Of(spec with { HiddenSize = width }));
        Assert.Equal(new RotationBlocks(64, 32, block), RotationBlocks.Of(spec with { Mlp = new MlpSpec { IntermediateSize = width } }));
    }

    [Fact]
    public void Of_OddSizes_RotatesTheMlpInWholeVectorsOnly()
    {
        var spec = TinyModel.Int8Spec with { HiddenSize = 84, Mlp = new MlpSpec { IntermediateSize = 104 } };

        Assert.Equal(new RotationBlocks(4, 16, 1), RotationBlocks.Of(spec with { Attention = spec.Attention with { HeadSize = 48 } }));
    }

    [Fact]
    public void Of_LargeHead_TakesItWhole()
    {
        var spec = TinyModel.Int8Spec;

        Assert.Equal(1024, RotationBlocks.Of(spec with { Attention = spec.Attention with { HeadSize = 1024 } }).Head);
    }
}
