namespace Inference.Models.Checkpoints;

/// <summary>
/// The ranges in which the numbers of a model can be believed. What is inside them can be multiplied in 64 bits without overflow.
/// </summary>
internal static class SpecLimits
{
    /// <summary>The largest sizes: rows of the embedding, width of the stream or of the MLP, and positions.</summary>
    private const int MaxSize = 1 << 24;

    private const int MaxLayers = 4096;
    private const int MaxHeads = 8192;
    private const int MaxHeadSize = 4096;

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
        if (attention.HeadCount % attention.KvHeadCount != 0)
        {
            throw error("num_attention_heads", $"is {attention.HeadCount}, not a multiple of num_key_value_heads, {attention.KvHeadCount}");
        }

        if (attention.HeadSize % 2 != 0)
        {
            throw error("head_dim", $"is {attention.HeadSize}; rotary embeddings need an even number");
        }

        if (spec.NormEpsilon is not (> 0 and < 1))
        {
            throw error("rms_norm_eps", $"is {spec.NormEpsilon}; it should be over 0 and below 1");
        }

        if (!float.IsFinite(attention.RotaryTheta) || attention.RotaryTheta < 1)
        {
            throw error("rope_theta", $"is {attention.RotaryTheta}; it should be at least 1 and finite");
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
