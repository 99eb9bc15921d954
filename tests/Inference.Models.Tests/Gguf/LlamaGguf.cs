using System.Globalization;
using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Gguf;

/// <summary>Makes a llama-architecture GGUF file of a model, as the usual converters do, rows of q and k interleaved.</summary>
internal static class LlamaGguf
{
    /// <summary>The hyperparameters of a spec.</summary>
    public static GgufBuilder Metadata(DecoderSpec spec) => new GgufBuilder()
        .With("general.architecture", "llama")
        .With("llama.block_count", (uint)spec.LayerCount)
        .With("llama.context_length", (uint)spec.MaxPositions)
        .With("llama.embedding_length", (uint)spec.HiddenSize)
        .With("llama.feed_forward_length", (uint)spec.Mlp.IntermediateSize)
        .With("llama.attention.head_count", (uint)spec.Attention.HeadCount)
        .With("llama.attention.head_count_kv", (uint)spec.Attention.KvHeadCount)
        .With("llama.attention.key_length", (uint)spec.Attention.HeadSize)
        .With("llama.rope.freq_base", spec.Attention.Rotary!.Theta)
        .With("llama.rope.dimension_count", (uint)spec.Attention.HeadSize)
        .With("llama.attention.layer_norm_rms_epsilon", spec.NormEpsilon)
        .With("llama.vocab_size", (uint)spec.VocabularySize);

    /// <summary>Hyperparameters and all tensors, float32.</summary>
    public static GgufBuilder From(ModelFolder model)
    {
        var builder = Metadata(model.Spec);
        foreach (var (name, shape) in RequiredWeights.Of(model.Spec))
        {
            var values = new float[TensorShape.ElementCount(shape)];
            model.Weights.ReadRows(name, 0, values);
            var isQueryOrKey = name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal);
            values = isQueryOrKey ? Interleave(values, (int)shape[0], model.Spec.Attention.HeadSize) : values;
            builder.WithTensor(Name(name), [.. shape], values);
        }

        return builder;
    }

    /// <summary>View each head's rows as [2, half], transpose to [half, 2].</summary>
    public static float[] Interleave(float[] values, int rows, int headSize)
    {
        var columns = values.Length / rows;
        var result = new List<float>();
        for (var head = 0; head < rows / headSize; head++)
        {
            for (var i = 0; i < headSize / 2; i++)
            {
                for (var half = 0; half < 2; half++)
                {
                    var row = (head * headSize) + (half * headSize / 2) + i;
                    result.AddRange(values.AsSpan(row * columns, columns));
                }
            }
        }

        return [.. result];
    }

    private static string Name(string name)
    {
        var parts = name.Split('.');
        var rest = string.Join('.', parts[..^1]);
        return rest switch
        {
            "model.embed_tokens" => "token_embd.weight",
            "model.norm" => "output_norm.weight",
            "lm_head" => "output.weight",
            _ => string.Create(CultureInfo.InvariantCulture, $"blk.{parts[2]}.{InLayer(parts[^2])}.{parts[^1]}"),
        };
    }

    private static string InLayer(string name) => name switch
    {
        "input_layernorm" => "attn_norm",
        "post_attention_layernorm" => "ffn_norm",
        "q_proj" => "attn_q",
        "k_proj" => "attn_k",
        "v_proj" => "attn_v",
        "o_proj" => "attn_output",
        "gate_proj" => "ffn_gate",
        "up_proj" => "ffn_up",
        _ => "ffn_down",
    };
}
