namespace Inference.Models.Checkpoints.Families;

/// <summary>Falcon (Almazrouei et al. 2023): 7B, 40B and 180B, and RW, which has linear biases in place of rotary positions.</summary>
internal static class FalconFamily
{
    /// <summary>
    /// Linear biases are added before scores are scaled. The reference, transformers with eager attention, adds them twice, to the scores
    /// and with the mask; its fused attention adds them once.
    /// </summary>
    private const float AlibiTimes = 2;

    public static ModelFamily Falcon { get; } = new()
    {
        ModelType = "falcon",
        Architecture = "FalconForCausalLM",
        Prefix = "transformer.",
        ReadSpec = Read,
        MapWeights = Map,
    };

    private static DecoderSpec Read(DecoderConfig config)
    {
        var (heads, hidden) = (config.Size("num_attention_heads", "n_head"), config.Size("hidden_size"));
        var headSize = config.WholeHeadSize(hidden, heads);
        var positions = config.OptionalSize("max_position_embeddings") ?? 2048;
        var (isNew, hasAlibi) = (config.Flag("new_decoder_architecture", false), config.Flag("alibi", false));
        var kvHeads = config.OptionalSize("num_kv_heads", "n_head_kv") ?? heads;
        var scale = (float)(1 / Math.Sqrt(headSize));
        var rotary = RotaryReader.Read(config, headSize, positions);
        var hasBias = config.Flag("bias", false);
        return new DecoderSpec
        {
            ModelType = config.ModelType,
            VocabularySize = config.Size("vocab_size"),
            HiddenSize = hidden,
            LayerCount = config.Size("num_hidden_layers", "n_layer"),
            MaxPositions = positions,
            Attention = new AttentionSpec
            {
                HeadCount = heads,
                KvHeadCount = isNew ? kvHeads : config.Flag("multi_query", true) ? 1 : heads,
                HeadSize = headSize,
                Scale = scale,
                Rotary = hasAlibi ? null : rotary,
                Alibi = hasAlibi ? new AlibiSpec { MaxBias = 8, Multiplier = AlibiTimes * scale } : null,
                HasQkvBias = hasBias,
                HasOutputBias = hasBias,
            },
            Mlp = new MlpSpec
            {
                IntermediateSize = config.OptionalSize("ffn_hidden_size") ?? (int)Math.Min(4L * hidden, int.MaxValue),
                Activation = config.Activation("gelu", "activation"),
                IsPlain = true,
                HasBias = hasBias,
            },
            Residual = Residual(config, isNew),
            Norm = new NormSpec { Kind = NormKind.Layer, HasBias = true },
            NormEpsilon = config.Number("layer_norm_epsilon", 1e-5),
            TieWordEmbeddings = config.Flag("tie_word_embeddings", true),
        };
    }

    private static ResidualKind Residual(DecoderConfig config, bool isNew)
    {
        var isParallel = config.Flag("parallel_attn", true);
        var norms = config.OptionalSize("num_ln_in_parallel_attn") ?? (isNew ? 2 : 1);
        return (isNew || isParallel, isNew && norms == 2) switch
        {
            (false, _) => ResidualKind.Sequential,
            (true, true) => ResidualKind.Parallel,
            (true, false) => ResidualKind.ParallelOneNorm,
        };
    }

    private static void Map(WeightMap map, DecoderSpec spec)
    {
        map.Add(WeightNames.Embedding, "transformer.word_embeddings");
        map.Add(WeightNames.FinalNorm, "transformer.ln_f");
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            var stored = WeightMap.Layer("transformer.h", layer);
            var hasTwoNorms = spec.Residual == ResidualKind.Parallel;
            map.Add(WeightNames.InputNorm(layer), stored + (hasTwoNorms ? "ln_attn" : "input_layernorm"));
            map.Add(WeightNames.PostAttentionNorm(layer), stored + (hasTwoNorms ? "ln_mlp" : "post_attention_layernorm"));
            map.AddQkv(layer, stored + "self_attention.query_key_value", HeadRows.Grouped(spec.Attention));
            map.Pair(layer, spec.Attention);
            map.Add(WeightNames.Output(layer), stored + "self_attention.dense");
            map.Add(WeightNames.Up(layer), stored + "mlp.dense_h_to_4h");
            map.Add(WeightNames.Down(layer), stored + "mlp.dense_4h_to_h");
        }
    }
}
