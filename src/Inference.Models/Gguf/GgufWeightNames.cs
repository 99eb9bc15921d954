using System.Collections.Frozen;
using System.Globalization;

namespace Inference.Models.Gguf;

/// <summary>Translates the tensor names of GGUF files to <see cref="WeightNames"/>.</summary>
internal static class GgufWeightNames
{
    private const string Block = "blk.";
    private const string Weight = ".weight";
    private const string Bias = ".bias";

    private static readonly FrozenDictionary<string, string> Global = new Dictionary<string, string>
    {
        ["token_embd.weight"] = WeightNames.Embedding,
        ["output_norm.weight"] = WeightNames.FinalNorm,
        ["output_norm.bias"] = WeightNames.BiasOf(WeightNames.FinalNorm),
        ["output.weight"] = WeightNames.Head,
        ["output.bias"] = WeightNames.BiasOf(WeightNames.Head),
        ["position_embd.weight"] = WeightNames.Positions,
        ["token_embd_norm.weight"] = WeightNames.EmbeddingNorm,
        ["token_embd_norm.bias"] = WeightNames.BiasOf(WeightNames.EmbeddingNorm),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Func<int, string>> InLayer = new Dictionary<string, Func<int, string>>
    {
        ["attn_norm"] = WeightNames.InputNorm,
        ["ffn_norm"] = WeightNames.PostAttentionNorm,
        ["post_attention_norm"] = WeightNames.AttentionOutputNorm,
        ["post_ffw_norm"] = WeightNames.MlpOutputNorm,
        ["attn_q_norm"] = WeightNames.QueryNorm,
        ["attn_k_norm"] = WeightNames.KeyNorm,
        ["attn_q"] = WeightNames.Query,
        ["attn_k"] = WeightNames.Key,
        ["attn_v"] = WeightNames.Value,
        ["attn_output"] = WeightNames.Output,
        ["ffn_gate"] = WeightNames.Gate,
        ["ffn_up"] = WeightNames.Up,
        ["ffn_down"] = WeightNames.Down,
    }.ToFrozenDictionary();

    /// <summary>The name of a tensor in <see cref="WeightNames"/>, or its own when it has none there.</summary>
    public static string Translate(string name)
    {
        if (Global.TryGetValue(name, out var global))
        {
            return global;
        }

        if (!TrySplit(name, out var layer, out var tensor, out var suffix) || !InLayer.TryGetValue(tensor, out var inLayer))
        {
            return name;
        }

        return suffix == Weight ? inLayer(layer) : WeightNames.BiasOf(inLayer(layer));
    }

    /// <summary>Whether a tensor is a query or key projection (or its bias), whose rows some converters permute.</summary>
    public static bool IsQueryOrKey(string name) => TrySplit(name, out _, out var tensor, out _) && tensor is "attn_q" or "attn_k";

    /// <summary>Splits <c>blk.7.attn_q.weight</c> into 7, attn_q and .weight.</summary>
    private static bool TrySplit(string name, out int layer, out string tensor, out string suffix)
    {
        (layer, tensor) = (0, "");
        suffix = name.EndsWith(Weight, StringComparison.Ordinal) ? Weight : Bias;
        if (!name.StartsWith(Block, StringComparison.Ordinal) || !name.EndsWith(suffix, StringComparison.Ordinal))
        {
            return false;
        }

        var dot = name.IndexOf('.', Block.Length);
        if (dot + 1 > name.Length - suffix.Length
            || !int.TryParse(name.AsSpan(Block.Length, dot - Block.Length), NumberStyles.None, CultureInfo.InvariantCulture, out layer))
        {
            return false;
        }

        tensor = name[(dot + 1)..^suffix.Length];
        return true;
    }
}
