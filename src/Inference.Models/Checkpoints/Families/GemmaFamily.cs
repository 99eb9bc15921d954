namespace Inference.Models.Checkpoints.Families;

/// <summary>Gemma 1 to 3 (Gemma Team 2024, 2025): norms multiply by 1 + weight, and embeddings by the root of the hidden size.</summary>
internal static class GemmaFamily
{
    /// <summary>Gemma 1.</summary>
    public static ModelFamily Gemma { get; } = new()
    {
        ModelType = "gemma",
        Architecture = "GemmaForCausalLM",
        ReadSpec = config => Common(config, LlamaFamily.Read(config, isTied: true)),
        MapWeights = (map, spec) => map.AddOneToNorms(spec),
    };

    /// <summary>Gemma 2: norms before and after, soft caps, and a window on every other layer.</summary>
    public static ModelFamily Gemma2 { get; } = new()
    {
        ModelType = "gemma2",
        Architecture = "Gemma2ForCausalLM",
        ReadSpec = config =>
        {
            var spec = WithSandwich(config, LlamaFamily.Read(config, isTied: true), attentionCap: 50, logitsCap: 30);
            return Windows.Of(spec, config, config.OptionalSize("sliding_window") ?? 4096, layer => layer % 2 == 0);
        },
        MapWeights = MapSandwich,
    };

    /// <summary>Gemma 3's text models: norms of queries and keys, and rotary positions of two kinds.</summary>
    public static ModelFamily Gemma3 { get; } = new()
    {
        ModelType = "gemma3_text",
        Architecture = "Gemma3ForCausalLM",
        ReadSpec = config =>
        {
            var (full, sliding) = ((RotarySpec?)null, (RotarySpec?)null);
            var spec = LlamaFamily.ReadWithRotary(config, isTied: true, (headSize, positions) =>
            {
                (full, sliding) = Rotaries(config, headSize, positions);
                return full;
            });
            spec = WithSandwich(config, spec, attentionCap: 0, logitsCap: 0);
            spec = spec with { Attention = spec.Attention with { QkNorm = QkNorm.PerHead } };
            var window = config.OptionalSize("sliding_window") ?? 4096;
            var pattern = config.OptionalSize("sliding_window_pattern", "_sliding_window_pattern") ?? 6;
            var slides = config.SlidingLayers(spec.LayerCount, layer => pattern < 1 || (layer + 1) % pattern != 0);
            return window < 1
                ? throw config.Error("sliding_window", $"is {window}; it should be at least 1")
                : spec with
                {
                    LayerAttention = new([.. slides.Select(s => s ? new LayerAttention(window, sliding) : new LayerAttention(0, full))]),
                };
        },
        MapWeights = MapSandwich,
    };

    /// <summary>transformers 5 has an object for each kind of layer; before, <c>rope_local_base_freq</c> was that of windowed ones.</summary>
    private static (RotarySpec Full, RotarySpec Sliding) Rotaries(DecoderConfig config, int headSize, int positions)
    {
        var local = new RotarySpec { Theta = config.Number("rope_local_base_freq", 10_000) };
        if (config.Fields.GetObject("rope_parameters") is { } kinds && kinds.GetObject("full_attention") is { } full)
        {
            var sliding = kinds.GetObject("sliding_attention");
            return (
                RotaryReader.ReadKind(config, full, headSize, positions),
                sliding is null ? local : RotaryReader.ReadKind(config, sliding, headSize, positions));
        }

        return (RotaryReader.Read(config, headSize, positions, theta: 1_000_000), local);
    }

    private static DecoderSpec WithSandwich(DecoderConfig config, DecoderSpec spec, float attentionCap, float logitsCap)
    {
        var scale = config.Number("query_pre_attn_scalar", 256);
        return Common(config, spec) with
        {
            Attention = spec.Attention with { Scale = 1 / MathF.Sqrt(scale), Softcap = Cap("attn_logit_softcapping", attentionCap) },
            Norm = new NormSpec { Placement = NormPlacement.BeforeAndAfter },
            Head = new HeadSpec { Softcap = Cap("final_logit_softcapping", logitsCap) },
        };

        float Cap(string name, float otherwise) => config.Fields.IsNull(name) ? 0 : config.Number(name, otherwise);
    }

    private static DecoderSpec Common(DecoderConfig config, DecoderSpec spec)
    {
        config.Expect("use_bidirectional_attention", false);
        config.Expect("attention_bias", false);

        // The first configs said gelu, and meant its approximation.
        var activation = config.Activation("gelu_pytorch_tanh", "hidden_activation", "hidden_act");
        return spec with
        {
            Embedding = new TokenEmbeddingSpec { Multiplier = MathF.Sqrt(spec.HiddenSize) },
            Mlp = spec.Mlp with { Activation = activation == Activation.Gelu ? Activation.GeluTanh : activation },
        };
    }

    private static void MapSandwich(WeightMap map, DecoderSpec spec)
    {
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            var stored = WeightMap.Layer("model.layers", layer);
            map.Add(WeightNames.AttentionOutputNorm(layer), stored + "post_attention_layernorm");
            map.Add(WeightNames.PostAttentionNorm(layer), stored + "pre_feedforward_layernorm");
            map.Add(WeightNames.MlpOutputNorm(layer), stored + "post_feedforward_layernorm");
        }

        map.AddOneToNorms(spec);
    }
}
