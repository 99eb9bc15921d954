namespace Inference.Models.Checkpoints.Families;

/// <summary>Llama, and the families that differ from it in a setting or two.</summary>
internal static class LlamaFamily
{
    private const int MistralWindow = 4096;

    /// <summary>Llama 1 to 3 (Touvron et al. 2023; Dubey et al. 2024), and all that use its class.</summary>
    public static ModelFamily Llama { get; } = new()
    {
        ModelType = "llama",
        Architecture = "LlamaForCausalLM",
        ReadSpec = config => ReadWithBiases(config),
    };

    /// <summary>Mistral 7B (Jiang et al. 2023): every layer has a window, unless the config says null.</summary>
    public static ModelFamily Mistral { get; } = new()
    {
        ModelType = "mistral",
        Architecture = "MistralForCausalLM",
        ReadSpec = config =>
        {
            var spec = Read(config);
            var window = config.OptionalSize("sliding_window") ?? (config.Fields.IsNull("sliding_window") ? null : MistralWindow);
            return window is { } size ? Windows.Of(spec, config, size, _ => true) : spec;
        },
    };

    /// <summary>SmolLM3: some layers know no positions.</summary>
    public static ModelFamily SmolLm3 { get; } = new()
    {
        ModelType = "smollm3",
        Architecture = "SmolLM3ForCausalLM",
        ReadSpec = config =>
        {
            var spec = ReadWithBiases(config, isTied: true);
            config.Expect("use_sliding_window", false);
            config.OptionalSize("sliding_window");
            if (config.SlidingLayers(spec.LayerCount, _ => false).Contains(true))
            {
                throw config.Error("layer_types", "'sliding_attention' is not supported for smollm3");
            }

            var interval = config.OptionalSize("no_rope_layer_interval") ?? 4;
            var rotary = config.Fields.GetIntegers("no_rope_layers") is { } layers
                ? layers.Select(layer => layer != 0).ToArray()
                : [.. Enumerable.Range(1, Math.Clamp(spec.LayerCount, 0, SpecLimits.MaxLayers)).Select(i => interval < 1 || i % interval != 0)];
            return rotary.Length == spec.LayerCount
                ? spec with { LayerAttention = new([.. rotary.Select(turns => new LayerAttention(0, turns ? spec.Attention.Rotary : null))]) }
                : throw config.Error("no_rope_layers", $"has {rotary.Length} items for {spec.LayerCount} layers");
        },
    };

    /// <summary>ERNIE 4.5: rotary pairs are neighbours.</summary>
    public static ModelFamily Ernie45 { get; } = new()
    {
        ModelType = "ernie4_5",
        Architecture = "Ernie4_5ForCausalLM",
        ReadSpec = config =>
        {
            var (spec, hasBias) = (Read(config, isTied: true, theta: 500_000), config.Flag("use_bias", false));
            return spec with
            {
                Attention = spec.Attention with { HasQkvBias = hasBias, HasOutputBias = hasBias },
                Mlp = spec.Mlp with { HasBias = hasBias },
                NormEpsilon = config.Number("rms_norm_eps", 1e-5),
            };
        },
        MapWeights = (map, spec) =>
        {
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                map.Pair(layer, spec.Attention, isInterleaved: true);
            }
        },
    };

    /// <summary>Granite 3: multipliers of embeddings, scores, logits, and of what is added to the residual.</summary>
    public static ModelFamily Granite { get; } = new()
    {
        ModelType = "granite",
        Architecture = "GraniteForCausalLM",
        ReadSpec = config =>
        {
            var spec = ReadWithBiases(config);
            return spec with
            {
                Attention = spec.Attention with { Scale = config.Number("attention_multiplier", 1) },
                Embedding = new TokenEmbeddingSpec { Multiplier = config.Number("embedding_multiplier", 1) },
                Head = new HeadSpec { Multiplier = 1 / config.Number("logits_scaling", 1) },
                BranchMultiplier = config.Number("residual_multiplier", 1),
            };
        },
    };

    /// <summary>What all families have that name their settings as llama does.</summary>
    /// <param name="config">The config.</param>
    /// <param name="isTied">Whether the head is the embedding when the config does not say it.</param>
    /// <param name="part">Which part of a head turns when the config does not say it.</param>
    /// <param name="theta">The base of the rotary frequencies when the config does not say it.</param>
    public static DecoderSpec Read(DecoderConfig config, bool isTied = false, double part = 1, double theta = 10_000) =>
        ReadWithRotary(config, isTied, (headSize, positions) => RotaryReader.Read(config, headSize, positions, part, theta));

    /// <summary>As <see cref="Read"/>, with rotary positions that are read in another way.</summary>
    /// <param name="config">The config.</param>
    /// <param name="isTied">Whether the head is the embedding when the config does not say it.</param>
    /// <param name="rotary">From the size of a head and the longest sequence; null for none.</param>
    public static DecoderSpec ReadWithRotary(DecoderConfig config, bool isTied, Func<int, int, RotarySpec?> rotary)
    {
        var heads = config.Size("num_attention_heads");
        var hidden = config.Size("hidden_size");
        var headSize = config.OptionalSize("head_dim") ?? config.WholeHeadSize(hidden, heads);
        var positions = config.Size("max_position_embeddings");
        return new DecoderSpec
        {
            ModelType = config.ModelType,
            VocabularySize = config.Size("vocab_size"),
            HiddenSize = hidden,
            LayerCount = config.Size("num_hidden_layers"),
            MaxPositions = positions,
            Attention = new AttentionSpec
            {
                HeadCount = heads,
                KvHeadCount = config.OptionalSize("num_key_value_heads") ?? heads,
                HeadSize = headSize,
                Scale = (float)(1 / Math.Sqrt(headSize)),
                Rotary = rotary(headSize, positions),
            },
            Mlp = new MlpSpec
            {
                IntermediateSize = config.Size("intermediate_size"),
                Activation = config.Activation("silu", "hidden_act"),
            },
            NormEpsilon = config.Number("rms_norm_eps", 1e-6),
            TieWordEmbeddings = config.Flag("tie_word_embeddings", isTied),
        };
    }

    /// <summary>As <see cref="Read"/>, with <c>attention_bias</c> and <c>mlp_bias</c>.</summary>
    public static DecoderSpec ReadWithBiases(DecoderConfig config, bool isTied = false, double part = 1)
    {
        var (spec, hasBias) = (Read(config, isTied, part), config.Flag("attention_bias", false));
        return spec with
        {
            Attention = spec.Attention with { HasQkvBias = hasBias, HasOutputBias = hasBias },
            Mlp = spec.Mlp with { HasBias = config.Flag("mlp_bias", false) },
        };
    }
}
