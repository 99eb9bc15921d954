namespace Inference.Models.Checkpoints.Families;

/// <summary>GPT-2 (Radford et al. 2019), GPT-J (Wang and Komatsuzaki 2021), GPT-NeoX and Pythia (Black et al. 2022).</summary>
internal static class GptFamily
{
    /// <summary>GPT-J: attention and MLP side by side behind one norm, rotary pairs that are neighbours.</summary>
    public static ModelFamily GptJ { get; } = new()
    {
        ModelType = "gptj",
        Architecture = "GPTJForCausalLM",
        Prefix = "transformer.",
        ReadSpec = config =>
        {
            var spec = Read(config);
            var size = config.Fields.IsNull("rotary_dim") ? (int?)null : config.OptionalSize("rotary_dim") ?? 64;
            return spec with
            {
                Attention = spec.Attention with { Rotary = new RotarySpec { Theta = 10_000, Size = size } },
                Residual = ResidualKind.ParallelOneNorm,
                Head = new HeadSpec { HasBias = true },
                TieWordEmbeddings = config.Flag("tie_word_embeddings", false),
            };
        },
        MapWeights = (map, spec) =>
        {
            MapOutside(map);
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("transformer.h", layer);
                map.Add(WeightNames.InputNorm(layer), stored + "ln_1");
                map.Add(WeightNames.Query(layer), stored + "attn.q_proj");
                map.Add(WeightNames.Key(layer), stored + "attn.k_proj");
                map.Add(WeightNames.Value(layer), stored + "attn.v_proj");
                map.Pair(layer, spec.Attention, isInterleaved: true);
                map.Add(WeightNames.Output(layer), stored + "attn.out_proj");
                map.Add(WeightNames.Up(layer), stored + "mlp.fc_in");
                map.Add(WeightNames.Down(layer), stored + "mlp.fc_out");
            }
        },
    };

    /// <summary>GPT-2: learned positions, matrices stored [in, out].</summary>
    public static ModelFamily Gpt2 { get; } = new()
    {
        ModelType = "gpt2",
        Architecture = "GPT2LMHeadModel",
        Prefix = "transformer.",
        ReadSpec = config =>
        {
            var spec = Read(config);
            config.Expect("add_cross_attention", false);
            config.Expect("scale_attn_by_inverse_layer_idx", false);
            return spec with
            {
                Attention = spec.Attention with
                {
                    HasQkvBias = true,
                    HasOutputBias = true,
                    Scale = config.Flag("scale_attn_weights", true) ? spec.Attention.Scale : 1,
                },
                Embedding = new TokenEmbeddingSpec { LearnedPositions = spec.MaxPositions },
                TieWordEmbeddings = config.Flag("tie_word_embeddings", true),
            };
        },
        MapWeights = (map, spec) =>
        {
            MapOutside(map);
            map.Add(WeightNames.Positions, "transformer.wpe");
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("transformer.h", layer);
                map.Add(WeightNames.InputNorm(layer), stored + "ln_1");
                map.Add(WeightNames.PostAttentionNorm(layer), stored + "ln_2");
                map.AddQkv(layer, stored + "attn.c_attn", HeadRows.SideBySide(spec.Attention), isTransposed: true);
                map.Add(WeightNames.Output(layer), stored + "attn.c_proj", isTransposed: true);
                map.Add(WeightNames.Up(layer), stored + "mlp.c_fc", isTransposed: true);
                map.Add(WeightNames.Down(layer), stored + "mlp.c_proj", isTransposed: true);
            }
        },
    };

    /// <summary>GPT-NeoX: attention and MLP side by side, each behind a norm, rotary positions on a quarter of a head.</summary>
    public static ModelFamily GptNeoX { get; } = new()
    {
        ModelType = "gpt_neox",
        Architecture = "GPTNeoXForCausalLM",
        Prefix = "gpt_neox.",
        ReadSpec = config =>
        {
            var (spec, hasBias) = (LlamaFamily.Read(config, part: 0.25), config.Flag("attention_bias", true));
            return spec with
            {
                Attention = spec.Attention with { HasQkvBias = hasBias, HasOutputBias = hasBias },
                Mlp = spec.Mlp with { IsPlain = true, HasBias = true, Activation = config.Activation("gelu", "hidden_act") },
                Residual = config.Flag("use_parallel_residual", true) ? ResidualKind.Parallel : ResidualKind.Sequential,
                Norm = new NormSpec { Kind = NormKind.Layer, HasBias = true },
                NormEpsilon = config.Number("layer_norm_eps", 1e-5),
            };
        },
        MapWeights = (map, spec) =>
        {
            map.Add(WeightNames.Embedding, "gpt_neox.embed_in");
            map.Add(WeightNames.FinalNorm, "gpt_neox.final_layer_norm");
            map.Add(WeightNames.Head, "embed_out");
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("gpt_neox.layers", layer);
                map.Add(WeightNames.InputNorm(layer), stored + "input_layernorm");
                map.Add(WeightNames.PostAttentionNorm(layer), stored + "post_attention_layernorm");
                map.AddQkv(layer, stored + "attention.query_key_value", HeadRows.Grouped(spec.Attention));
                map.Pair(layer, spec.Attention);
                map.Add(WeightNames.Output(layer), stored + "attention.dense");
                map.Add(WeightNames.Up(layer), stored + "mlp.dense_h_to_4h");
                map.Add(WeightNames.Down(layer), stored + "mlp.dense_4h_to_h");
            }
        },
    };

    /// <summary>What GPT-2 and GPT-J have in common: the names of their settings are GPT-2's.</summary>
    private static DecoderSpec Read(DecoderConfig config)
    {
        var (heads, hidden) = (config.Size("n_head", "num_attention_heads"), config.Size("n_embd", "hidden_size"));
        var headSize = config.WholeHeadSize(hidden, heads);
        return new DecoderSpec
        {
            ModelType = config.ModelType,
            VocabularySize = config.Size("vocab_size"),
            HiddenSize = hidden,
            LayerCount = config.Size("n_layer", "num_hidden_layers"),
            MaxPositions = config.Size("n_positions", "max_position_embeddings"),
            Attention = new AttentionSpec
            {
                HeadCount = heads, KvHeadCount = heads, HeadSize = headSize, Scale = (float)(1 / Math.Sqrt(headSize)),
            },
            Mlp = new MlpSpec
            {
                IntermediateSize = config.OptionalSize("n_inner") ?? (int)Math.Min(4L * hidden, int.MaxValue),
                Activation = config.Activation("gelu_new", "activation_function"),
                IsPlain = true,
                HasBias = true,
            },
            Norm = new NormSpec { Kind = NormKind.Layer, HasBias = true },
            NormEpsilon = config.Number("layer_norm_epsilon", 1e-5),
            TieWordEmbeddings = false,
        };
    }

    private static void MapOutside(WeightMap map)
    {
        map.Add(WeightNames.Embedding, "transformer.wte");
        map.Add(WeightNames.FinalNorm, "transformer.ln_f");
    }
}
