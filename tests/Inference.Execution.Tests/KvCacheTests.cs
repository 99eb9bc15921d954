using Inference.Models;
using Inference.Models.Conversion;

namespace Inference.Execution.Tests;

public sealed class KvCacheTests
{
    private static readonly DecoderSpec Spec = new()
    {
        ModelType = "llama",
        VocabularySize = 1,
        HiddenSize = 576,
        LayerCount = 30,
        MaxPositions = 1,
        Attention = new AttentionSpec { HeadCount = 9, KvHeadCount = 3, HeadSize = 64, Scale = 1, Rotary = new RotarySpec { Theta = 10000 } },
        Mlp = new MlpSpec { IntermediateSize = 1 },
        NormEpsilon = 1e-5f,
        TieWordEmbeddings = true,
    };

    /// <summary>Layers * (keys and values) * heads * tokens * (bytes of a head, and of its scale).</summary>
    [Theory]
    [InlineData(KvCacheDType.Float32, 16, 30 * 2 * 3 * 16 * (64 * 4))]
    [InlineData(KvCacheDType.Int8, 16, 30 * 2 * 3 * 16 * (64 + 4))]
    [InlineData(KvCacheDType.Int8, 128, 30 * 2 * 3 * 128 * (64 + 4))]
    public void BytesPerBlock_AnyDType_CountsElementsAndScales(KvCacheDType dtype, int blockSize, long bytes)
    {
        Assert.Equal(bytes, KvCache.BytesPerBlock(Spec.Shape, dtype, blockSize));
    }
}
