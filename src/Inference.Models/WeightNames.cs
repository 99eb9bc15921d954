using System.Globalization;

namespace Inference.Models;

/// <summary>
/// The names under which a <see cref="WeightSource"/> gives weights: those of a Hugging Face llama checkpoint. Readers of other formats translate to them.
/// Matrices are [out, in], row-major.
/// </summary>
public static class WeightNames
{
    /// <summary>[vocabulary, hidden].</summary>
    public const string Embedding = "model.embed_tokens.weight";

    /// <summary>[positions, hidden], where positions are learned.</summary>
    public const string Positions = "model.embed_positions.weight";

    /// <summary>[hidden], behind the embedding, where there is such a norm.</summary>
    public const string EmbeddingNorm = "model.embed_norm.weight";

    /// <summary>[hidden].</summary>
    public const string FinalNorm = "model.norm.weight";

    /// <summary>[vocabulary, hidden]; absent when the head is the embedding.</summary>
    public const string Head = "lm_head.weight";

    /// <summary>[hidden], before attention.</summary>
    public static string InputNorm(int layer) => Layer(layer, "input_layernorm.weight");

    /// <summary>[hidden], before the MLP.</summary>
    public static string PostAttentionNorm(int layer) => Layer(layer, "post_attention_layernorm.weight");

    /// <summary>[hidden], of attention's output, where there is such a norm.</summary>
    public static string AttentionOutputNorm(int layer) => Layer(layer, "self_attn.output_norm.weight");

    /// <summary>[hidden], of the MLP's output, where there is such a norm.</summary>
    public static string MlpOutputNorm(int layer) => Layer(layer, "mlp.output_norm.weight");

    /// <summary>[head size] or [heads * head size], see <see cref="QkNorm"/>.</summary>
    public static string QueryNorm(int layer) => Layer(layer, "self_attn.q_norm.weight");

    /// <summary>[head size] or [kv heads * head size], see <see cref="QkNorm"/>.</summary>
    public static string KeyNorm(int layer) => Layer(layer, "self_attn.k_norm.weight");

    /// <summary>[heads * head size, hidden].</summary>
    public static string Query(int layer) => Layer(layer, "self_attn.q_proj.weight");

    /// <summary>[kv heads * head size, hidden].</summary>
    public static string Key(int layer) => Layer(layer, "self_attn.k_proj.weight");

    /// <summary>[kv heads * head size, hidden].</summary>
    public static string Value(int layer) => Layer(layer, "self_attn.v_proj.weight");

    /// <summary>[hidden, heads * head size].</summary>
    public static string Output(int layer) => Layer(layer, "self_attn.o_proj.weight");

    /// <summary>[intermediate, hidden].</summary>
    public static string Gate(int layer) => Layer(layer, "mlp.gate_proj.weight");

    /// <summary>[intermediate, hidden].</summary>
    public static string Up(int layer) => Layer(layer, "mlp.up_proj.weight");

    /// <summary>[hidden, intermediate].</summary>
    public static string Down(int layer) => Layer(layer, "mlp.down_proj.weight");

    /// <summary>The bias that goes with a projection's weight.</summary>
    public static string BiasOf(string weightName) => string.Concat(weightName.AsSpan(0, weightName.LastIndexOf('.')), ".bias");

    private static string Layer(int layer, string rest) => string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{rest}");
}
