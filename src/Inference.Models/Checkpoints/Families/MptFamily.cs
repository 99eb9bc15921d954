namespace Inference.Models.Checkpoints.Families;

/// <summary>MPT (MosaicML 2023): linear biases, no other biases.</summary>
internal static class MptFamily
{
    private static readonly string[] Inexpressible = ["qk_ln", "prefix_lm"];

    public static ModelFamily Mpt { get; } = new()
    {
        ModelType = "mpt",
        Architecture = "MptForCausalLM",
        Prefix = "transformer.",
        ReadSpec = config =>
        {
            var (heads, hidden) = (config.Size("n_heads"), config.Size("d_model"));
            var headSize = config.WholeHeadSize(hidden, heads);
            config.Expect("no_bias", true);
            if (config.Fields.Has("logit_scale"))
            {
                throw config.Error("logit_scale", "is set, and not supported");
            }

            var attention = config.Fields.Require("attn_config", config.Fields.GetObject("attn_config"));
            RefuseAttention(attention);
            return new DecoderSpec
            {
                ModelType = config.ModelType,
                VocabularySize = config.Size("vocab_size"),
                HiddenSize = hidden,
                LayerCount = config.Size("n_layers"),
                MaxPositions = config.Size("max_seq_len"),
                Attention = new AttentionSpec
                {
                    HeadCount = heads,
                    KvHeadCount = heads,
                    HeadSize = headSize,
                    Scale = (float)(attention.GetNumber("softmax_scale") ?? (1 / Math.Sqrt(headSize))),
                    Alibi = new AlibiSpec { MaxBias = (float)(attention.GetNumber("alibi_bias_max") ?? 8) },
                },
                Mlp = new MlpSpec
                {
                    IntermediateSize = (int)Math.Min((long)(config.OptionalSize("expansion_ratio") ?? 4) * hidden, int.MaxValue),
                    Activation = Activation.Gelu,
                    IsPlain = true,
                },
                Norm = new NormSpec { Kind = NormKind.Layer },
                NormEpsilon = config.Number("layer_norm_epsilon", 1e-5),
                TieWordEmbeddings = config.Flag("tie_word_embeddings", true),
            };
        },
        MapWeights = (map, spec) =>
        {
            map.Add(WeightNames.Embedding, "transformer.wte");
            map.Add(WeightNames.FinalNorm, "transformer.norm_f");
            for (var layer = 0; layer < spec.LayerCount; layer++)
            {
                var stored = WeightMap.Layer("transformer.blocks", layer);
                map.Add(WeightNames.InputNorm(layer), stored + "norm_1");
                map.Add(WeightNames.PostAttentionNorm(layer), stored + "norm_2");
                map.AddQkv(layer, stored + "attn.Wqkv", HeadRows.SideBySide(spec.Attention));
                map.Add(WeightNames.Output(layer), stored + "attn.out_proj");
                map.Add(WeightNames.Up(layer), stored + "ffn.up_proj");
                map.Add(WeightNames.Down(layer), stored + "ffn.down_proj");
            }
        },
    };

    private static void RefuseAttention(JsonFields attention)
    {
        if (!(attention.GetBool("alibi") ?? true))
        {
            throw attention.Error("alibi", "is false, and not supported");
        }

        foreach (var name in Inexpressible.Where(name => attention.GetBool(name) ?? false))
        {
            throw attention.Error(name, "is true, and not supported");
        }

        if (attention.Has("clip_qkv"))
        {
            throw attention.Error("clip_qkv", "is set, and not supported");
        }
    }
}
