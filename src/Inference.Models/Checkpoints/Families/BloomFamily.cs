namespace Inference.Models.Checkpoints.Families;

/// <summary>BLOOM (BigScience 2022): linear biases, and a norm behind the embedding.</summary>
internal static class BloomFamily
{
    public static ModelFamily Bloom { get; } = new()
    {
        ModelType = "bloom",
        Architecture = "BloomForCausalLM",
        Prefix = "transformer.",
        ReadSpec = config =>
        {
            var (heads, hidden) = (config.Size("n_head", "num_attention_heads"), config.Size("hidden_size", "n_embed"));
            var headSize = config.WholeHeadSize(hidden, heads);
            config.Expect("apply_residual_connection_post_layernorm", false);
            return new DecoderSpec
            {
                ModelType = config.ModelType,
                VocabularySize = config.Size("vocab_size"),
                HiddenSize = hidden,
                LayerCount = config.Size("n_layer", "num_hidden_layers"),
                MaxPositions = config.OptionalSize("seq_length") ?? 2048,
                Attention = new AttentionSpec
                {
                    HeadCount = heads,
                    KvHeadCount = heads,
                    HeadSize = headSize,
                    Scale = (float)(1 / Math.Sqrt(headSize)),
                    Alibi = new AlibiSpec { MaxBias = 8 },
                    HasQkvBias = true,
                    HasOutputBias = true,
                },
                Mlp = new MlpSpec
                {
                    IntermediateSize = (int)Math.Min(4L * hidden, int.MaxValue),
                    Activation = Activation.GeluTanh,
                    IsPlain = true,
                    HasBias = true,
                },
                Norm = new NormSpec { Kind = NormKind.Layer, HasBias = true },
                NormEpsilon = config.Number("layer_norm_epsilon", 1e-5),
                Embedding = new TokenEmbeddingSpec { HasNorm = true },
                TieWordEmbeddings = config.Flag("tie_word_embeddings", true),
            };
        },
        MapWeights = (map, spec) =>
        {
            map.Add(WeightNames.Embedding, "transformer.word_embeddings");
            map.Add(WeightNames.EmbeddingNorm, "transformer.word_embeddings_layernorm");
            map.Add(WeightNames.FinalNorm, "transformer.ln_f");
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("transformer.h", layer);
                map.Add(WeightNames.InputNorm(layer), stored + "input_layernorm");
                map.Add(WeightNames.PostAttentionNorm(layer), stored + "post_attention_layernorm");
                map.AddQkv(layer, stored + "self_attention.query_key_value", HeadRows.Grouped(spec.Attention));
                map.Add(WeightNames.Output(layer), stored + "self_attention.dense");
                map.Add(WeightNames.Up(layer), stored + "mlp.dense_h_to_4h");
                map.Add(WeightNames.Down(layer), stored + "mlp.dense_4h_to_h");
            }
        },
    };
}
