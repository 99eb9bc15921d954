using Inference.Models.Conversion;
using Inference.Models.Tests.Graphs;

namespace Inference.Models.Tests.Conversion;

public sealed class Int8SupportTests
{
    private static readonly DecoderSpec Spec = TinyModel.Int8Spec;

    public static TheoryData<DecoderSpec, string> Refused => new()
    {
        { WithAttention(Spec.Attention with { HasQkvBias = true }), "the q, k and v projections have biases, which int8 cannot express" },
        {
            WithAttention(Spec.Attention with { HasOutputBias = true }),
            "the attention's output projection has biases, which int8 cannot express"
        },
        { Spec with { Mlp = Spec.Mlp with { HasBias = true } }, "the MLP's projections have biases, which int8 cannot express" },
        { WithAttention(Spec.Attention with { HeadSize = 96 }), "head_dim is 96; int8 needs a power of two of at least 32" },
        { WithAttention(Spec.Attention with { HeadSize = 16 }), "head_dim is 16; int8 needs a power of two of at least 32" },
        { Spec with { HiddenSize = 160 }, "hidden_size is 160; int8 needs a multiple of 64" },
        { Spec with { Mlp = new MlpSpec { IntermediateSize = 96 } }, "intermediate_size is 96; int8 needs a multiple of 64" },
        {
            Spec with { Mlp = new MlpSpec { IntermediateSize = (1 << 17) + 64 } },
            "intermediate_size is 131136; int8 sums at most 131072 products"
        },
        {
            WithAttention(Spec.Attention with { HeadCount = 4096, HeadSize = 64 }),
            "num_attention_heads * head_dim is 262144; int8 sums at most 131072 products"
        },
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
        ])
        {
            Assert.True(Int8Support.IsSupported(spec, out var reason));
            Assert.Null(reason);
        }
    }

    private static DecoderSpec WithAttention(AttentionSpec attention) => Spec with { Attention = attention };
}
