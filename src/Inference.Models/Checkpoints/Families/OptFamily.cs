namespace Inference.Models.Checkpoints.Families;

/// <summary>OPT (Zhang et al. 2022): learned positions, whose table begins with two rows that nobody uses.</summary>
internal static class OptFamily
{
    private const int FirstPosition = 2;

    public static ModelFamily Opt { get; } = new()
    {
        ModelType = "opt",
        Architecture = "OPTForCausalLM",
        ReadSpec = config =>
        {
            var (heads, hidden) = (config.Size("num_attention_heads"), config.Size("hidden_size"));
            var (headSize, positions) = (config.WholeHeadSize(hidden, heads), config.Size("max_position_embeddings"));
            var hasBias = config.Flag("enable_bias", true);
            config.Expect("do_layer_norm_before", true);
            config.Expect("_remove_final_layer_norm", false);
            config.Expect("layer_norm_elementwise_affine", true);
            if (config.OptionalSize("word_embed_proj_dim") is { } width && width != hidden)
            {
                throw config.Error("word_embed_proj_dim", $"is {width}; only hidden_size, {hidden}, is supported");
            }

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
                    KvHeadCount = heads,
                    HeadSize = headSize,
                    Scale = (float)(1 / Math.Sqrt(headSize)),
                    HasQkvBias = hasBias,
                    HasOutputBias = hasBias,
                },
                Mlp = new MlpSpec
                {
                    IntermediateSize = config.Size("ffn_dim"),
                    Activation = config.Activation("relu", "activation_function"),
                    IsPlain = true,
                    HasBias = hasBias,
                },
                Norm = new NormSpec { Kind = NormKind.Layer, HasBias = true },
                NormEpsilon = 1e-5f,
                Embedding = new TokenEmbeddingSpec { LearnedPositions = positions },
                TieWordEmbeddings = config.Flag("tie_word_embeddings", true),
            };
        },
        MapWeights = (map, spec) =>
        {
            long positions = spec.Embedding.LearnedPositions;
            map.Add(WeightNames.Embedding, "model.decoder.embed_tokens");
            map.Add(
                WeightNames.Positions,
                "model.decoder.embed_positions",
                RowSelection.Slice(FirstPosition, positions, positions + FirstPosition));
            map.Add(WeightNames.FinalNorm, "model.decoder.final_layer_norm");
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("model.decoder.layers", layer);
                map.Add(WeightNames.InputNorm(layer), stored + "self_attn_layer_norm");
                map.Add(WeightNames.PostAttentionNorm(layer), stored + "final_layer_norm");
                map.Add(WeightNames.Query(layer), stored + "self_attn.q_proj");
                map.Add(WeightNames.Key(layer), stored + "self_attn.k_proj");
                map.Add(WeightNames.Value(layer), stored + "self_attn.v_proj");
                map.Add(WeightNames.Output(layer), stored + "self_attn.out_proj");
                map.Add(WeightNames.Up(layer), stored + "fc1");
                map.Add(WeightNames.Down(layer), stored + "fc2");
            }
        },
    };
}
