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
                    HeadCount = 4, KvHeadCount = 2, HeadSize = 32, Scale = (float)(1 / Math.Sqrt(32)), Rotary = new RotarySpec { Theta = 10_000 },
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
        Assert.Equal((4, 4, 4, 10_000f), (attention.HeadCount, attention.KvHeadCount, attention.HeadSize, attention.Rotary!.Theta));
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
        var spec = Read("qwen2", ("use_sliding_window", "false"), ("sliding_window", "4096"), ("layer_types", "[\"full_attention\",\"full_attention\"]"));
        Assert.Equal((true, false, false), (spec.Attention.HasQkvBias, spec.Attention.HasOutputBias, spec.Mlp.HasBias));
    }

    public static TheoryData<string> ZooModels => [.. RepositoryFiles.ZooModels];

    /// <summary>Those whose settings are spelt in another way by older releases.</summary>
    public static TheoryData<string> ModelsWithOldSpelling => [.. RepositoryFiles.ZooModels.Where(name => File.Exists(Legacy(name)))];

    [Theory]
    [MemberData(nameof(ModelsWithOldSpelling))]
    public void Read_BothSpellingsOfEveryFamily_GiveEqualSpecs(string name)
    {
        var legacy = Legacy(name);
        Assert.Equal(ConfigSpecReader.Read(Path.Combine(RepositoryFiles.ZooModel(name), "config.json")), ConfigSpecReader.Read(legacy));
    }

    [Theory]
    [MemberData(nameof(ZooModels))]
    public void Read_AnyFieldOfEveryFamilyDamaged_IsAModelOrOneClearLine(string name)
    {
        var original = File.ReadAllText(Path.Combine(RepositoryFiles.ZooModel(name), "config.json"));
        foreach (var field in JsonNode.Parse(original)!.AsObject().Select(field => field.Key).ToArray())
        {
            foreach (var damage in new[] { "null", "-1", "0", "3", "2147483647", "1e300", "\"x\"", "[]", "[1]", "{}", "true", "false" })
            {
                var config = JsonNode.Parse(original)!.AsObject();
                config[field] = JsonNode.Parse(damage);
                var exception = Record.Exception(() => ReadJson(config.ToJsonString()));
                Assert.True(exception is null or ModelFormatException, $"{field} = {damage}: {exception}");
                Assert.DoesNotContain('\n', exception?.Message ?? "");
                Assert.StartsWith(_folder["config.json"], exception?.Message ?? _folder["config.json"], StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Read_MistralThatSaysNothingOfAWindow_HasItsFamilys()
    {
        Assert.Equal(4096, Read("mistral").Attention.Window);
        Assert.Equal(16, Read("mistral", ("sliding_window", "16")).AttentionOf(1).Window);
    }

    [Fact]
    public void Read_Qwen2WithWindows_HasThemFromTheLayerNamed()
    {
        var spec = Read("qwen2", ("use_sliding_window", "true"), ("sliding_window", "16"), ("max_window_layers", "1"));
        Assert.Equal((0, 16), (spec.AttentionOf(0).Window, spec.AttentionOf(1).Window));
    }

    [Fact]
    public void Read_MistralWithoutWindow_IsALlama() =>
        Assert.Equal(Read("llama") with { ModelType = "mistral" }, Read("mistral", ("sliding_window", "null")));

    [Theory]
    [InlineData("llama", "rope_scaling", """{"rope_type":"llama3","factor":8}""", "'rope_scaling.original_max_position_embeddings' is missing")]
    [InlineData("llama", "rope_scaling", """{"type":"linear","factor":0}""", "'rope_scaling.factor' is 0; it should be over 0")]
    [InlineData("llama", "rope_scaling", """{"type":"linear","factor":2,"low_freq_factor":1}""", "'rope_scaling.low_freq_factor' is not supported")]
    [InlineData("llama", "rope_scaling", """{"type":"spiral","factor":2}""", "'rope_scaling.type' 'spiral' is not supported")]
    [InlineData("llama", "rope_scaling", """{"factor":2}""", "'rope_scaling.factor' is not supported without a rope_type")]
    [InlineData("llama", "rope_scaling", """{"type":"longrope","long_factor":[1,2],"short_factor":[1,2]}""", "'rope_scaling' has 2 factors, but 16 pairs")]
    [InlineData("llama", "rope_scaling", """{"type":"longrope","long_factor":"x","short_factor":[1]}""", "'rope_scaling.long_factor' should be a list")]
    [InlineData("llama", "rope_parameters", """{"rope_type":"yarn"}""", "'rope_parameters.factor' is missing")]
    [InlineData("llama", "rope_parameters", """{"full_attention":{}}""", "'rope_parameters.full_attention' is not supported")]
    [InlineData("llama", "rope_parameters", """{"rope_theta":500}""", "'rope_parameters.rope_theta' is 500, but 10000 in another place")]
    [InlineData("llama", "rope_parameters", "\"default\"", "'rope_parameters' should be an object")]
    [InlineData("llama", "partial_rotary_factor", "1.5", "'partial_rotary_factor' is 1.5; it should be over 0 and at most 1")]
    [InlineData("llama", "partial_rotary_factor", "0.1", "'partial_rotary_factor' makes 3 elements of a head turn")]
    [InlineData("llama", "rope_interleaved", "true", "'rope_interleaved' is true")]
    [InlineData("llama", "hidden_act", "\"mish\"", "'hidden_act' 'mish' is not supported")]
    [InlineData("llama", "sliding_window", "16", "'sliding_window' is set, and not supported for llama")]
    [InlineData("mistral", "sliding_window", "0", "'sliding_window' is 0; it should be at least 1")]
    [InlineData("qwen2", "layer_types", """["sliding_attention","full_attention"]""", "'layer_types' has sliding_attention, but")]
    [InlineData("qwen3", "layer_types", """["full_attention"]""", "'layer_types' has 1 items for 2 layers")]
    [InlineData("gemma2", "layer_types", """["full_attention","chunked_attention"]""", "'layer_types' 'chunked_attention' is not supported")]
    [InlineData("smollm3", "no_rope_layers", "[1]", "'no_rope_layers' has 1 items for 2 layers")]
    [InlineData("gemma2", "query_pre_attn_scalar", "0", "'query_pre_attn_scalar' makes attention's scale infinite")]
    [InlineData("gemma2", "final_logit_softcapping", "-1", "'final_logit_softcapping' is -1")]
    [InlineData("granite", "logits_scaling", "0", "'logits_scaling' makes logits infinite")]
    [InlineData("llama", "layer_types", """["full_attention","sliding_attention"]""", "'layer_types' 'sliding_attention' is not supported for llama")]
    [InlineData("llama", "quantization_config", """{"quant_method":"gptq"}""", "'quantization_config.bits' is missing")]
    [InlineData("llama", "auto_map", "{}", "'auto_map' is set")]
    [InlineData("llama", "num_local_experts", "8", "'num_local_experts' is set")]
    [InlineData("llama", "architectures", """["LlamaForSequenceClassification"]""", "'architectures' should contain LlamaForCausalLM")]
    [InlineData("gpt_oss", "use_cache", "true", "'model_type' 'gpt_oss' is not supported; supported are llama, mistral, qwen2")]
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
    [InlineData("llama", "head_dim", "-4", "'head_dim' is -4")]
    [InlineData("llama", "head_dim", "2000000000", "'head_dim' is 2000000000")]
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

    private static string Legacy(string name) => Path.Combine(RepositoryFiles.ZooModel(name), "config.legacy.json");

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
