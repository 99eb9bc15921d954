using System.Diagnostics.CodeAnalysis;

namespace Inference.Models.Conversion;

/// <summary>Tells which models <see cref="ModelDType.Int8"/> and <see cref="KvCacheDType.Int8"/> are for.</summary>
public static class Int8Support
{
    /// <summary>The sum of more products of two 8-bit numbers may overflow 32 bits: 2^17 * 128 * 127 is just below 2^31.</summary>
    private const int MostInputs = 1 << 17;

    /// <summary>Attention over keys and values in 8 bits works on whole vectors of them.</summary>
    private const int HeadMultiple = 32;

    /// <summary>The sum of more products of numbers of 16 and 8 bits may overflow 32 bits: 2^9 * 2^15 * 127 is just below 2^31.</summary>
    private const int LargestHead = 1 << 9;

    /// <summary>Whether a model can be converted to int8.</summary>
    /// <param name="spec">What it computes; within the limits of a model that was read from files.</param>
    /// <param name="reason">If not, one line that names the field of the configuration which stands against it.</param>
    public static bool IsSupported(DecoderSpec spec, [NotNullWhen(false)] out string? reason)
    {
        reason = Form(spec)
            ?? Inputs("hidden_size", spec.HiddenSize)
            ?? Inputs("intermediate_size", spec.Mlp.IntermediateSize)
            ?? Inputs("num_attention_heads * head_dim", (long)spec.Attention.HeadCount * spec.Attention.HeadSize);
        return reason is null;
    }

    /// <summary>Whether a model's keys and values can be kept in int8, whatever it computes in.</summary>
    /// <param name="spec">What it computes; within the limits of a model that was read from files.</param>
    /// <param name="reason">If not, one line that names the field of the configuration which stands against it.</param>
    public static bool IsCacheSupported(DecoderSpec spec, [NotNullWhen(false)] out string? reason)
    {
        var (size, layers) = (spec.Attention.HeadSize, Enumerable.Range(0, spec.LayerCount).Select(spec.AttentionOf));
        reason = size % HeadMultiple != 0 || size > LargestHead
                ? $"head_dim is {size}; int8 needs a multiple of {HeadMultiple} up to {LargestHead}"
            : layers.Any(layer => layer.Window > 0) ? "sliding_window is set; int8 has full attention only"
            : spec.Attention.Softcap > 0 ? "attn_logit_softcapping is set; int8 has no soft caps"
            : spec.Attention.Alibi is not null ? $"a {spec.ModelType} model has linear biases (alibi), int8 only rotary positions"
            : null;
        return reason is null;
    }

    /// <summary>What goes with the numbers that a model computes in: int8 with int8 where the model allows it, else float32.</summary>
    public static KvCacheDType DefaultCache(DecoderSpec spec, ModelDType dtype) =>
        dtype == ModelDType.Int8 && IsCacheSupported(spec, out _) ? KvCacheDType.Int8 : KvCacheDType.Float32;

    /// <summary>
    /// Rotation, on which int8 rests, needs RMS norms on the way in, and nothing else between the residual and projections.
    /// </summary>
    private static string? Form(DecoderSpec spec)
    {
        var name = spec.ModelType;
        return spec.Norm != new NormSpec() ? $"a {name} model's norms are not RMS norms before attention and MLP alone"
            : spec.Residual != ResidualKind.Sequential ? $"a {name} model has attention and MLP side by side"
            : spec.Mlp.IsPlain || spec.Mlp.Activation != Activation.Silu ? $"a {name} model's MLP is not gated by silu"
            : spec.Embedding != new TokenEmbeddingSpec() ? $"a {name} model does not take embeddings as they are"
            : spec.Head != new HeadSpec() ? $"a {name} model does not take logits as they are"
            : spec.BranchMultiplier != 1 ? "residual_multiplier is set"
            : null;
    }

    private static string? Inputs(string field, long count) => count <= MostInputs
        ? null
        : $"{field} is {count}; int8 sums at most {MostInputs} products";
}
