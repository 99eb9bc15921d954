using System.Text.Json.Nodes;
using Inference.Models.Checkpoints;
using Inference.Models.Gguf;

namespace Inference.Models.Tests.Gguf;

/// <summary>
/// Checkpoints of every family that GGUF has, put into it as published files are: the same spec and the same weights to the bit come out,
/// and with them the same logits.
/// </summary>
public sealed class GgufArchitectureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, string> Models => new()
    {
        { "llama", "llama", "{}" },
        { "qwen3", "qwen3", "{}" },
        { "smollm3", "smollm3", """{"no_rope_layers": [1, 1, 1, 0]}""" },
        { "ernie4_5", "ernie4_5", "{}" },
        { "olmo", "olmo", "{}" },
        { "olmo2", "olmo2", "{}" },
        { "gemma", "gemma", "{}" },

        // Files do not say query_pre_attn_scalar; they mean the size of a head. Gemma 3's have full attention on every sixth layer.
        { "gemma2", "gemma2", """{"query_pre_attn_scalar": 32}""" },
        {
            "gemma3", "gemma3",
            """
            {
              "query_pre_attn_scalar": 32,
              "layer_types": ["sliding_attention", "sliding_attention", "sliding_attention", "sliding_attention"]
            }
            """
        },
        { "phi", "phi2", "{}" },
        { "phi3", "phi3", "{}" },
        { "gpt2", "gpt2", "{}" },
        { "gpt_neox", "gptneox", "{}" },
        { "gpt_neox", "gptneox", """{"use_parallel_residual": false}""" },
        { "falcon7b", "falcon", "{}" },
        { "falcon40b", "falcon", "{}" },
        { "bloom", "bloom", "{}" },
        { "mpt", "mpt", "{}" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Open_PublishedFile_IsTheCheckpointItWasMadeOf(string zooModel, string architecture, string changes)
    {
        var weights = Path.Combine(RepositoryFiles.ZooModel(zooModel), "model.safetensors");
        using var expected = OpenChanged(zooModel, changes);
        Directory.CreateDirectory(_folder["gguf"]);
        File.WriteAllBytes(_folder["gguf/model.gguf"], PublishedGguf.Of(architecture, expected.Spec, weights).Build());

        using var actual = ModelFolder.Open(_folder["gguf"]);

        Assert.Equal(expected.Spec, actual.Spec);
        foreach (var (name, shape) in RequiredWeights.Of(expected.Spec))
        {
            var count = TensorShape.ElementCount(shape);
            Assert.Equal(Read(expected, name, count), Read(actual, name, count));
        }
    }

    [Fact]
    public void Names_AreThoseOfFamilies()
    {
        var types = GgufArchitectures.Names.Split(", ").SelectMany(name => GgufArchitectures.Named(name)!.ModelTypes);

        Assert.All(types, type => Assert.NotNull(ModelFamily.OfModelType(type)));
    }

    [Fact]
    public void Open_FileWithRotaryDivisors_HasThemInTheSpec()
    {
        using var original = ModelFolder.Open(RepositoryFiles.ZooLlama);
        var divisors = Enumerable.Range(0, 16).Select(i => 1 + (i / 4f)).ToArray();
        _folder.Write("model.gguf", LlamaGguf.From(original).WithTensor("rope_freqs.weight", [16], divisors).Build());

        using var model = ModelFolder.Open(_folder.Path);

        Assert.Equal(divisors.Select(divisor => (double)divisor), model.Spec.Attention.Rotary!.Divisors!.Items);
    }

    [Theory]
    [InlineData(8, 1f, "tensor 'rope_freqs.weight' has shape [8], but 16 pairs turn")]
    [InlineData(16, 0f, "metadata for rope_scaling: has a factor that is not over 0 and finite")]
    public void Open_FileWithWrongRotaryDivisors_IsOneClearLine(int count, float divisor, string expected)
    {
        using var original = ModelFolder.Open(RepositoryFiles.ZooLlama);
        var divisors = Enumerable.Repeat(divisor, count).ToArray();
        _folder.Write("model.gguf", LlamaGguf.From(original).WithTensor("rope_freqs.weight", [count], divisors).Build());

        var exception = Assert.Throws<ModelFormatException>(() => ModelFolder.Open(_folder.Path).Dispose());

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Granite_HasItsMultipliers()
    {
        var spec = ReadSpec("granite", builder => builder
            .With("granite.attention.layer_norm_rms_epsilon", 1e-5f)
            .With("granite.attention.scale", 0.0078125f)
            .With("granite.embedding_scale", 12f)
            .With("granite.logit_scale", 8f)
            .With("granite.residual_scale", 0.22f));

        Assert.Equal((0.0078125f, 12f), (spec.Attention.Scale, spec.Embedding.Multiplier));
        Assert.Equal((0.125f, 0.22f), (spec.Head.Multiplier, spec.BranchMultiplier));
    }

    [Fact]
    public void Read_Gemma3WithAPattern_HasFullAttentionWhereItSays()
    {
        var spec = ReadSpec("gemma3", builder => builder
            .With("gemma3.attention.layer_norm_rms_epsilon", 1e-6f)
            .With("gemma3.attention.sliding_window", 16u)
            .With("gemma3.attention.sliding_window_pattern", 2u));

        Assert.Equal([16, 0], spec.LayerAttention!.Items.Select(layer => layer.Window));
    }

    [Fact]
    public void Read_Nemotron_HasPartialRotaryAndAPlainMlp()
    {
        var spec = ReadSpec("nemotron", builder => builder
            .With("nemotron.attention.layer_norm_epsilon", 1e-5f)
            .With("nemotron.rope.dimension_count", 4u));

        Assert.Equal((4, true, Activation.ReluSquared), (spec.Attention.Rotary!.Size, spec.Mlp.IsPlain, spec.Mlp.Activation));
        Assert.Equal(NormKind.Layer, spec.Norm.Kind);
    }

    [Theory]
    [InlineData("mpt")]
    [InlineData("olmo")]
    public void Read_ClampedProjections_AreRefused(string architecture)
    {
        var exception = Assert.Throws<ModelFormatException>(() => ReadSpec(architecture, builder => builder
            .With($"{architecture}.attention.layer_norm_epsilon", 1e-5f)
            .With($"{architecture}.attention.clamp_kqv", 8f)));

        var expected = $"metadata '{architecture}.attention.clamp_kqv': is 8, and not supported";
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private DecoderSpec ReadSpec(string architecture, Action<GgufBuilder> add)
    {
        var builder = new GgufBuilder()
            .With("general.architecture", architecture)
            .With($"{architecture}.block_count", 2u)
            .With($"{architecture}.context_length", 64u)
            .With($"{architecture}.embedding_length", 32u)
            .With($"{architecture}.feed_forward_length", 64u)
            .With($"{architecture}.attention.head_count", 4u)
            .WithTensor("token_embd.weight", [16, 32], new float[512]);
        add(builder);
        using var file = GgufFile.Open(_folder.Write("spec.gguf", builder.Build()));
        return GgufSpecReader.Read(file).Spec;
    }

    private ModelFolder OpenChanged(string zooModel, string changes)
    {
        var folder = RepositoryFiles.ZooModel(zooModel);
        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")))!.AsObject();
        foreach (var (field, value) in JsonNode.Parse(changes)!.AsObject())
        {
            config[field] = value?.DeepClone();
        }

        _folder.Write("config.json", config.ToJsonString());
        File.Copy(Path.Combine(folder, "model.safetensors"), _folder["model.safetensors"]);
        return ModelFolder.Open(_folder.Path);
    }

    private static float[] Read(ModelFolder model, string name, long count)
    {
        var values = new float[count];
        model.Weights.ReadRows(name, 0, values);
        return values;
    }
}
