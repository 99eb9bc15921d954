using System.Text.Json.Nodes;
using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

public sealed class ConfigSpecReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_BothSpellings_GiveEqualSpecs()
    {
        var spec = ConfigSpecReader.Read(Path.Combine(RepositoryFiles.ZooLlama, "config.json"));
        Assert.Equal(
            new DecoderSpec
            {
                ModelType = "llama",
                VocabularySize = 512,
                HiddenSize = 128,
                LayerCount = 2,
                MaxPositions = 512,
                Attention = new AttentionSpec
                {
                    HeadCount = 4, KvHeadCount = 2, HeadSize = 32, Scale = (float)(1 / Math.Sqrt(32)), RotaryTheta = 10_000,
                },
                Mlp = new MlpSpec { IntermediateSize = 256 },
                NormEpsilon = 1e-6f,
                TieWordEmbeddings = false,
            },
            spec);
        Assert.Equal(spec, ConfigSpecReader.Read(Path.Combine(RepositoryFiles.ZooLlama, "config.legacy.json")));
    }

    [Fact]
    public void Read_AbsentOptionalFields_TakesTheFamilysDefaults()
    {
        var spec = ReadJson("""
            {"model_type":"llama","vocab_size":8,"hidden_size":16,"num_hidden_layers":1,"num_attention_heads":4,
             "intermediate_size":8,"max_position_embeddings":32,"head_dim":null,"num_key_value_heads":null}
            """);
        var attention = spec.Attention;
        Assert.Equal((4, 4, 4, 10_000f), (attention.HeadCount, attention.KvHeadCount, attention.HeadSize, attention.RotaryTheta));
        Assert.Equal((1e-6f, false), (spec.NormEpsilon, spec.TieWordEmbeddings));
        Assert.Equal((false, false, false), (spec.Attention.HasQkvBias, spec.Attention.HasOutputBias, spec.Mlp.HasBias));
    }

    [Fact]
    public void Read_LlamaBiases_AreInTheSpec()
    {
        var spec = Read("llama", ("attention_bias", "true"), ("mlp_bias", "true"));
        Assert.Equal((true, true, true), (spec.Attention.HasQkvBias, spec.Attention.HasOutputBias, spec.Mlp.HasBias));
    }

    [Fact]
    public void Read_Qwen2WithoutWindow_HasQkvBiasAlone()
    {
        var spec = Read("qwen2", ("use_sliding_window", "false"), ("sliding_window", "4096"), ("layer_types", "[\"full_attention\"]"));
        Assert.Equal((true, false, false), (spec.Attention.HasQkvBias, spec.Attention.HasOutputBias, spec.Mlp.HasBias));
    }

    [Fact]
    public void Read_MistralWithoutWindow_IsALlama() =>
        Assert.Equal(Read("llama") with { ModelType = "mistral" }, Read("mistral", ("sliding_window", "null")));

    [Theory]
    [InlineData("llama", "rope_scaling", """{"rope_type":"llama3","factor":8}""", "'rope_scaling.rope_type' 'llama3' is not supported")]
    [InlineData("llama", "rope_scaling", """{"type":"linear","factor":2}""", "'rope_scaling.type' 'linear' is not supported")]
    [InlineData("llama", "rope_scaling", """{"factor":2}""", "'rope_scaling.factor' is not supported")]
    [InlineData("llama", "rope_parameters", """{"rope_type":"yarn"}""", "'rope_parameters.rope_type' 'yarn'")]
    [InlineData("llama", "rope_parameters", """{"full_attention":{}}""", "'rope_parameters.full_attention' is not supported")]
    [InlineData("llama", "rope_parameters", """{"rope_theta":500}""", "'rope_parameters.rope_theta' is 500, but 10000 in another place")]
    [InlineData("llama", "rope_parameters", "\"default\"", "'rope_parameters' should be an object")]
    [InlineData("llama", "partial_rotary_factor", "0.5", "'partial_rotary_factor' is 0.5; only 1")]
    [InlineData("llama", "rope_interleaved", "true", "'rope_interleaved' is true")]
    [InlineData("llama", "hidden_act", "\"gelu\"", "'hidden_act' 'gelu' is not supported")]
    [InlineData("llama", "sliding_window", "16", "'sliding_window' limits attention")]
    [InlineData("mistral", "sliding_window", "16", "'sliding_window' limits attention")]
    [InlineData("mistral", "use_cache", "true", "'sliding_window' limits attention")]
    [InlineData("qwen2", "use_sliding_window", "true", "'sliding_window' limits attention")]
    [InlineData("llama", "layer_types", """["full_attention","sliding_attention"]""", "'layer_types' 'sliding_attention'")]
    [InlineData("llama", "quantization_config", """{"quant_method":"gptq"}""", "'quantization_config' is set")]
    [InlineData("llama", "auto_map", "{}", "'auto_map' is set")]
    [InlineData("llama", "num_local_experts", "8", "'num_local_experts' is set")]
    [InlineData("llama", "architectures", """["LlamaForSequenceClassification"]""", "'architectures' should contain LlamaForCausalLM")]
    [InlineData("gemma", "use_cache", "true", "'model_type' 'gemma' is not supported; supported are llama, mistral, qwen2")]
    [InlineData("llama", "vocab_size", "null", "'vocab_size' is missing")]
    [InlineData("llama", "vocab_size", "0", "'vocab_size' is 0")]
    [InlineData("llama", "vocab_size", "2147483647", "'vocab_size' is 2147483647; it should be from 1 to 16777216")]
    [InlineData("llama", "vocab_size", "1e300", "'vocab_size' should be an integer of 32 bits")]
    [InlineData("llama", "vocab_size", "\"512\"", "'vocab_size' should be an integer of 32 bits")]
    [InlineData("llama", "hidden_size", "-128", "'hidden_size' is -128")]
    [InlineData("llama", "num_hidden_layers", "100000", "'num_hidden_layers' is 100000")]
    [InlineData("llama", "num_attention_heads", "0", "'num_attention_heads' is 0")]
    [InlineData("llama", "num_key_value_heads", "3", "'num_attention_heads' is 4, not a multiple of num_key_value_heads, 3")]
    [InlineData("llama", "num_key_value_heads", "8", "'num_key_value_heads' is 8")]
    [InlineData("llama", "head_dim", "31", "'head_dim' is 31; rotary embeddings need an even number")]
    [InlineData("llama", "head_dim", "0", "'head_dim' is 0")]
    [InlineData("llama", "rms_norm_eps", "0", "'rms_norm_eps' is 0")]
    [InlineData("llama", "rms_norm_eps", "\"1e-6\"", "'rms_norm_eps' should be a number")]
    [InlineData("llama", "rope_theta", "-1", "'rope_theta' is -1")]
    [InlineData("llama", "rope_theta", "1e300", "'rope_theta' is")]
    [InlineData("llama", "tie_word_embeddings", "1", "'tie_word_embeddings' should be true or false")]
    public void Read_FieldThatCannotBeUsed_IsNamed(string modelType, string field, string json, string expected)
    {
        var exception = Assert.Throws<ModelFormatException>(() => Read(modelType, (field, json)));
        Assert.StartsWith(_folder["config.json"] + ": ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Read_HeadsThatDoNotDivide_NeedHeadDim() =>
        AssertRefused("""
            {"model_type":"llama","vocab_size":8,"hidden_size":18,"num_hidden_layers":1,"num_attention_heads":4,
             "intermediate_size":8,"max_position_embeddings":32}
            """, "'hidden_size' is 18, not a multiple of num_attention_heads, 4");

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("3", "the JSON is not an object")]
    [InlineData("""{"model_type":"llama","model_type":"llama"}""", "is not valid JSON")]
    public void Read_BrokenFile_IsOneClearLine(string json, string expected) => AssertRefused(json, expected);

    [Fact]
    public void Read_HugeFile_IsRefusedUnread() => AssertRefused(new string(' ', 5 << 20), "over the limit");

    private void AssertRefused(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => ReadJson(json)).Message, StringComparison.Ordinal);

    private DecoderSpec Read(string modelType, params (string Field, string Json)[] changes)
    {
        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.ZooLlama, "config.legacy.json")))!.AsObject();
        config["model_type"] = modelType;
        config["architectures"] = new JsonArray(ModelFamily.OfModelType(modelType)?.Architecture ?? "GemmaForCausalLM");
        foreach (var (field, json) in changes)
        {
            config[field] = JsonNode.Parse(json);
        }

        return ReadJson(config.ToJsonString());
    }

    private DecoderSpec ReadJson(string json) => ConfigSpecReader.Read(_folder.Write("config.json", json));
}
