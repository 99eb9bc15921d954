using Inference.Models.Gguf;

namespace Inference.Models.Tests.Gguf;

public sealed class GgufSpecReaderTests : IDisposable
{
    private static readonly DecoderSpec Spec = new()
    {
        ModelType = "llama",
        VocabularySize = 16,
        HiddenSize = 12,
        LayerCount = 1,
        MaxPositions = 64,
        Attention = new AttentionSpec { HeadCount = 4, KvHeadCount = 2, HeadSize = 4, Scale = 0.5f, Rotary = new RotarySpec { Theta = 500_000 } },
        Mlp = new MlpSpec { IntermediateSize = 24 },
        NormEpsilon = 1e-5f,
        TieWordEmbeddings = true,
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, object, string> Unusable => new()
    {
        { "llama.rope.scaling.type", "linear", "metadata 'llama.rope.scaling.type': 'linear' is not supported" },
        { "llama.rope.scaling.factor", 2f, "metadata 'llama.rope.scaling.factor': is not supported" },
        { "llama.strange\nkey", 1, "metadata 'llama.strange?key': is not supported" },
        { "llama.expert_count", 8u, "metadata 'llama.expert_count': is 8; only 0" },
        { "llama.attention.sliding_window", 512u, "metadata 'llama.attention.sliding_window': is 512; only 0" },
        { "llama.attention.value_length", 8u, "metadata 'llama.attention.value_length': is 8; only 4" },
        { "llama.rope.dimension_count", 2u, "metadata 'llama.rope.dimension_count': is 2; only 4" },
        { "llama.vocab_size", 17u, "metadata 'llama.vocab_size': is 17, but 'token_embd.weight' has 16 rows" },
        { "llama.attention.head_count_kv", new[] { 1, 2 }, "metadata 'llama.attention.head_count_kv': should be an integer, not an array" },
        { "llama.attention.head_count_kv", 3u, "num_attention_heads: is 4, not a multiple of num_key_value_heads, 3" },
        { "llama.attention.head_count_kv", 0u, "num_key_value_heads: is 0" },
        { "llama.block_count", ulong.MaxValue, "metadata 'llama.block_count': should be an integer" },
        { "llama.block_count", 1L << 40, "metadata 'llama.block_count': is 1099511627776" },
        { "llama.block_count", -1, "metadata 'llama.block_count': is -1" },
        { "llama.block_count", 0u, "num_hidden_layers: is 0" },
        { "llama.block_count", 1.5f, "metadata 'llama.block_count': should be an integer, not Single 1.5" },
        { "llama.attention.layer_norm_rms_epsilon", float.NaN, "rms_norm_eps: is NaN" },
        { "llama.attention.layer_norm_rms_epsilon", 1u, "should be a floating-point number" },
        { "llama.rope.freq_base", 0f, "rope_theta: is 0" },
        { "general.architecture", "mamba", "metadata 'general.architecture': 'mamba' is not supported; supported are llama, qwen2" },
        { "general.architecture", 1, "metadata 'general.architecture': should be a string" },
        { "split.count", (ushort)3, "metadata 'split.count': the model is split into 3 files" },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AllKeys_GivesSpec() => Assert.Equal(Spec, Read(LlamaGguf.Metadata(Spec)));

    [Fact]
    public void Read_HeadAndBiasTensors_AreInTheSpec()
    {
        var spec = Read(LlamaGguf.Metadata(Spec)
            .WithTensor("output.weight", [1], [1])
            .WithTensor("blk.0.attn_q.bias", [1], [1])
            .WithTensor("blk.0.attn_output.bias", [1], [1])
            .WithTensor("blk.0.ffn_gate.bias", [1], [1]));
        Assert.Equal(
            (false, true, true, true),
            (spec.TieWordEmbeddings, spec.Attention.HasQkvBias, spec.Attention.HasOutputBias, spec.Mlp.HasBias));
    }

    [Theory]
    [MemberData(nameof(Unusable), DisableDiscoveryEnumeration = true)]
    public void Read_KeyThatCannotBeUsed_IsNamed(string key, object value, string expected)
    {
        var exception = Assert.Throws<ModelFormatException>(() => Read(LlamaGguf.Metadata(Spec).Replace(key, value)));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData("general.architecture")]
    [InlineData("llama.block_count")]
    [InlineData("llama.context_length")]
    [InlineData("llama.embedding_length")]
    [InlineData("llama.feed_forward_length")]
    [InlineData("llama.attention.head_count")]
    [InlineData("llama.attention.layer_norm_rms_epsilon")]
    public void Read_MissingKey_IsNamed(string key)
    {
        var exception = Assert.Throws<ModelFormatException>(() => Read(LlamaGguf.Metadata(Spec).Without(key)));
        Assert.Contains($"metadata '{key}': is missing", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WithoutOptionalKeys_TakesDefaults()
    {
        var builder = LlamaGguf.Metadata(Spec with { HiddenSize = 16 })
            .Without("llama.attention.key_length").Without("llama.attention.head_count_kv")
            .Without("llama.rope.freq_base").Without("llama.vocab_size");
        var attention = Read(builder).Attention;
        Assert.Equal((4, 4, 10_000f), (attention.KvHeadCount, attention.HeadSize, attention.Rotary!.Theta));
    }

    [Fact]
    public void Read_NoEmbedding_IsOneClearLine()
    {
        using var file = GgufFile.Open(_folder.Write("model.gguf", LlamaGguf.Metadata(Spec).Build()));
        var exception = Assert.Throws<ModelFormatException>(() => GgufSpecReader.Read(file));
        Assert.Contains("tensor 'token_embd.weight' is missing", exception.Message, StringComparison.Ordinal);
    }

    private DecoderSpec Read(GgufBuilder builder)
    {
        builder.WithTensor("token_embd.weight", [Spec.VocabularySize, 1], new float[Spec.VocabularySize]);
        using var file = GgufFile.Open(_folder.Write("model.gguf", builder.Build()));
        return GgufSpecReader.Read(file).Spec;
    }
}
