using Inference.Models.Conversion;
using Inference.Models.Tests.Graphs;

namespace Inference.Models.Tests.Conversion;

public sealed class Int8SupportTests
{
    private static readonly DecoderSpec Spec = TinyModel.Int8Spec;

    public static TheoryData<DecoderSpec, string> Refused => new()
    {
        { Spec with { HiddenSize = (1 << 17) + 2 }, "hidden_size is 131074; int8 sums at most 131072 products" },
        {
            Spec with { Mlp = new MlpSpec { IntermediateSize = (1 << 17) + 64 } },
            "intermediate_size is 131136; int8 sums at most 131072 products"
        },
        {
            WithAttention(Spec.Attention with { HeadCount = 4096, HeadSize = 64 }),
            "num_attention_heads * head_dim is 262144; int8 sums at most 131072 products"
        },
        {
            Spec with { Norm = new NormSpec { Kind = NormKind.Layer } },
            "a llama model's norms are not RMS norms before attention and MLP alone"
        },
        { Spec with { Residual = ResidualKind.Parallel }, "a llama model has attention and MLP side by side" },
        { Spec with { Mlp = Spec.Mlp with { Activation = Activation.GeluTanh } }, "a llama model's MLP is not gated by silu" },
        { Spec with { Embedding = new TokenEmbeddingSpec { Multiplier = 2 } }, "a llama model does not take embeddings as they are" },
        { Spec with { Head = new HeadSpec { Softcap = 30 } }, "a llama model does not take logits as they are" },
        { Spec with { BranchMultiplier = 0.5f }, "residual_multiplier is set" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void IsSupported_SpecThatDoesNotFit_NamesTheField(DecoderSpec spec, string expected)
    {
        Assert.False(Int8Support.IsSupported(spec, out var reason));
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void IsSupported_SpecThatFits_GivesNoReason()
    {
        foreach (var spec in (DecoderSpec[])
        [
            Spec,
            Spec with { TieWordEmbeddings = false, VocabularySize = 1 },
            WithAttention(Spec.Attention with { HeadSize = 128, KvHeadCount = 1 }),
            Spec with { Mlp = new MlpSpec { IntermediateSize = 1 << 17 } },
            TinyModel.SpecWithEverything,
        ])
        {
            Assert.True(Int8Support.IsSupported(spec, out var reason));
            Assert.Null(reason);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(80)]
    [InlineData(544)]
    public void IsCacheSupported_HeadThatDoesNotFit_NamesIt(int headSize)
    {
        var spec = WithAttention(Spec.Attention with { HeadSize = headSize });

        Assert.False(Int8Support.IsCacheSupported(spec, out var reason));
        Assert.Equal($"head_dim is {headSize}; int8 needs a multiple of 32 up to 512", reason);
        Assert.Equal(KvCacheDType.Float32, Int8Support.DefaultCache(spec, ModelDType.Int8));
    }

    public static TheoryData<AttentionSpec> FloatCacheOnly =>
    [
        Spec.Attention with { HeadSize = 32, Window = 16 },
        Spec.Attention with { HeadSize = 32, Softcap = 50 },
        Spec.Attention with { HeadSize = 32, Alibi = new AlibiSpec { MaxBias = 8 } },
    ];

    [Theory]
    [MemberData(nameof(FloatCacheOnly))]
    public void IsCacheSupported_AttentionWithMoreThanRotaryPositions_HasAReason(AttentionSpec attention)
    {
        Assert.False(Int8Support.IsCacheSupported(WithAttention(attention), out var reason));
        Assert.Contains("int8", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(96)]
    [InlineData(512)]
    public void IsCacheSupported_HeadThatFits_GivesNoReason(int headSize)
    {
        var spec = WithAttention(Spec.Attention with { HeadSize = headSize });

        Assert.True(Int8Support.IsCacheSupported(spec, out var reason));
        Assert.Null(reason);
        Assert.Equal(KvCacheDType.Int8, Int8Support.DefaultCache(spec, ModelDType.Int8));
        Assert.Equal(KvCacheDType.Float32, Int8Support.DefaultCache(spec, ModelDType.Float32));
    }

    private static DecoderSpec WithAttention(AttentionSpec attention) => Spec with { Attention = attention };
}
