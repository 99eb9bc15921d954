namespace Inference.Models.Checkpoints;

/// <summary>
/// The ranges in which the numbers of a model can be believed. What is inside them can be multiplied in 64 bits without overflow.
/// </summary>
internal static class SpecLimits
{
    /// <summary>The largest sizes: rows of the embedding, width of the stream or of the MLP, and positions.</summary>
    private const int MaxSize = 1 << 24;

    public const int MaxLayers = 4096;
    private const int MaxHeads = 8192;
    public const int MaxHeadSize = 4096;

    /// <summary>Checks a spec that was read from a file.</summary>
    /// <param name="spec">As read.</param>
    /// <param name="error">Makes the exception from the config.json name of the field and what is wrong with it.</param>
    public static void Check(DecoderSpec spec, Func<string, string, ModelFormatException> error)
    {
        var attention = spec.Attention;
        InRange("vocab_size", spec.VocabularySize, MaxSize);
        InRange("hidden_size", spec.HiddenSize, MaxSize);
        InRange("num_hidden_layers", spec.LayerCount, MaxLayers);
        InRange("max_position_embeddings", spec.MaxPositions, MaxSize);
        InRange("intermediate_size", spec.Mlp.IntermediateSize, MaxSize);
        InRange("num_attention_heads", attention.HeadCount, MaxHeads);
        InRange("num_key_value_heads", attention.KvHeadCount, attention.HeadCount);
        InRange("head_dim", attention.HeadSize, MaxHeadSize);
        Require(
            attention.HeadCount % attention.KvHeadCount == 0,
            "num_attention_heads",
            $"is {attention.HeadCount}, not a multiple of num_key_value_heads, {attention.KvHeadCount}");
        Require(attention.HeadSize % 2 == 0, "head_dim", $"is {attention.HeadSize}; rotary embeddings need an even number");

        var epsilon = spec.Norm.Kind == NormKind.Rms ? "rms_norm_eps" : "layer_norm_eps";
        Require(spec.NormEpsilon is > 0 and < 1, epsilon, $"is {spec.NormEpsilon}; it should be over 0 and below 1");
        Require(float.IsFinite(attention.Scale), "query_pre_attn_scalar", "makes attention's scale infinite");
        Require(float.IsFinite(attention.Softcap) && attention.Softcap >= 0, "attn_logit_softcapping", $"is {attention.Softcap}");
        Require(float.IsFinite(spec.Head.Softcap) && spec.Head.Softcap >= 0, "final_logit_softcapping", $"is {spec.Head.Softcap}");
        Require(float.IsFinite(spec.Head.Multiplier), "logits_scaling", "makes logits infinite");
        Require(float.IsFinite(spec.Embedding.Multiplier), "embedding_multiplier", $"is {spec.Embedding.Multiplier}");
        Require(float.IsFinite(spec.BranchMultiplier), "residual_multiplier", $"is {spec.BranchMultiplier}");
        Require(
            attention.Alibi is not { MaxBias: not (> 0 and < 128) }, "alibi_bias_max", "should be over 0 and below 128");
        foreach (var (window, rotary) in spec.LayerAttention?.Items ?? [new LayerAttention(attention.Window, attention.Rotary)])
        {
            Require(window is >= 0 and <= MaxSize, "sliding_window", $"is {window}; it should be from 1 to {MaxSize}");
            RotaryLimits.Check(rotary, attention.HeadSize, error);
        }

        void Require(bool condition, string name, string otherwise)
        {
            if (!condition)
            {
                throw error(name, otherwise);
            }
        }

        void InRange(string name, int value, int maximum)
        {
            if (value < 1 || value > maximum)
            {
                throw error(name, $"is {value}; it should be from 1 to {maximum}");
            }
        }
    }
}
