using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Inference.Models.Checkpoints;
using Inference.Models.Gguf;
using Inference.Models.SafeTensors;

namespace Inference.Models.Tests.Gguf;

/// <summary>
/// Makes GGUF files of Hugging Face checkpoints as the usual converter does for each architecture: names by gguf-py's tensor mapping, norms
/// of 1 + weight summed, Conv1D matrices transposed, packed projections regrouped, rows interleaved for architectures that turn
/// neighbouring pairs.
/// </summary>
internal static partial class PublishedGguf
{
    private static readonly string[] Interleaving = ["llama", "smollm3", "olmo"];
    private static readonly string[] Rms = ["llama", "qwen3", "smollm3", "ernie4_5", "olmo2", "gemma", "gemma2", "gemma3", "phi3"];
    private static readonly string[] Turning = ["phi2", "phi3", "gptneox", "falcon", "olmo", .. Rms];

    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["token_embd"] = ["model.embed_tokens", "transformer.wte", "transformer.word_embeddings", "gpt_neox.embed_in"],
        ["position_embd"] = ["transformer.wpe"],
        ["token_embd_norm"] = ["transformer.word_embeddings_layernorm"],
        ["output_norm"] =
            ["model.norm", "transformer.ln_f", "transformer.norm_f", "model.final_layernorm", "gpt_neox.final_layer_norm"],
        ["output"] = ["lm_head", "embed_out"],
        ["attn_norm"] = ["input_layernorm", "ln_1", "norm_1", "ln_mlp"],
        ["attn_norm_2"] = ["ln_attn"],
        ["ffn_norm"] = ["post_attention_layernorm", "ln_2", "norm_2", "pre_feedforward_layernorm"],
        ["post_ffw_norm"] = ["post_feedforward_layernorm"],
        ["attn_q"] = ["self_attn.q_proj"],
        ["attn_k"] = ["self_attn.k_proj"],
        ["attn_v"] = ["self_attn.v_proj"],
        ["attn_q_norm"] = ["self_attn.q_norm"],
        ["attn_k_norm"] = ["self_attn.k_norm"],
        ["attn_output"] =
            ["self_attn.o_proj", "self_attn.dense", "self_attention.dense", "attention.dense", "attn.c_proj", "attn.out_proj"],
        ["attn_qkv"] =
            ["self_attn.qkv_proj", "self_attention.query_key_value", "attention.query_key_value", "attn.c_attn", "attn.Wqkv"],
        ["ffn_gate"] = ["mlp.gate_proj"],
        ["ffn_up"] = ["mlp.up_proj", "mlp.fc1", "mlp.dense_h_to_4h", "mlp.c_fc", "ffn.up_proj", "mlp.gate_up_proj"],
        ["ffn_down"] = ["mlp.down_proj", "mlp.fc2", "mlp.dense_4h_to_h", "mlp.c_proj", "ffn.down_proj"],
    };

    /// <summary>A file of a checkpoint's tensors, all in float32.</summary>
    /// <param name="architecture">As the file names it.</param>
    /// <param name="spec">What the checkpoint computes.</param>
    /// <param name="path">Of the checkpoint's model.safetensors.</param>
    public static GgufBuilder Of(string architecture, DecoderSpec spec, string path)
    {
        var builder = Metadata(architecture, spec);
        using var source = SafeTensorsWeightSource.OpenFile(path);
        foreach (var name in source.Names)
        {
            Assert.True(source.TryGetShape(name, out var shape));
            var values = new float[TensorShape.ElementCount(shape)];
            source.ReadRows(name, 0, values);
            var stored = Name(architecture, name);
            (values, shape) = Change(architecture, stored, values, shape, spec.Attention);
            builder.WithTensor(stored, [.. shape], values);
        }

        return builder;
    }

    private static GgufBuilder Metadata(string architecture, DecoderSpec spec)
    {
        var builder = new GgufBuilder()
            .With("general.architecture", architecture)
            .With($"{architecture}.block_count", (uint)spec.LayerCount)
            .With($"{architecture}.context_length", (uint)spec.MaxPositions)
            .With($"{architecture}.embedding_length", (uint)spec.HiddenSize)
            .With($"{architecture}.feed_forward_length", (uint)spec.Mlp.IntermediateSize)
            .With($"{architecture}.attention.head_count", (uint)spec.Attention.HeadCount)
            .With($"{architecture}.attention.head_count_kv", (uint)spec.Attention.KvHeadCount)
            .With($"{architecture}.attention.layer_norm_{(Rms.Contains(architecture) ? "rms_" : "")}epsilon", spec.NormEpsilon);
        if (Turning.Contains(architecture))
        {
            builder
                .With($"{architecture}.rope.dimension_count", (uint)(spec.Attention.Rotary!.Size ?? spec.Attention.HeadSize))
                .With($"{architecture}.rope.freq_base", spec.Attention.Rotary.Theta);
        }

        return architecture switch
        {
            "gemma2" => builder
                .With("gemma2.attention.sliding_window", 16u)
                .With("gemma2.attn_logit_softcapping", spec.Attention.Softcap)
                .With("gemma2.final_logit_softcapping", spec.Head.Softcap),
            "gemma3" => builder.With("gemma3.attention.sliding_window", 16u),
            "mpt" => builder.With("mpt.attention.max_alibi_bias", spec.Attention.Alibi!.MaxBias),
            "gptneox" => builder.With("gptneox.use_parallel_residual", spec.Residual == ResidualKind.Parallel),
            _ => builder,
        };
    }

    private static string Name(string architecture, string name)
    {
        var (rest, suffix) = (name[..name.LastIndexOf('.')], name[name.LastIndexOf('.')..]);
        var match = LayerPattern().Match(rest);
        var local = match.Success ? rest[match.Length..] : rest;
        var stored = Names.Single(entry => entry.Value.Contains(local)).Key;
        if (local == "post_attention_layernorm" && (architecture is "gemma2" or "gemma3" or "olmo2"))
        {
            stored = "post_attention_norm";
        }

        return match.Success ? $"blk.{match.Groups[1].Value}.{stored}{suffix}" : stored + suffix;
    }

    private static (float[] Values, ImmutableArray<long> Shape) Change(
        string architecture, string stored, float[] values, ImmutableArray<long> shape, AttentionSpec attention)
    {
        if (architecture.StartsWith("gemma", StringComparison.Ordinal) && stored.EndsWith("norm.weight", StringComparison.Ordinal))
        {
            return ([.. values.Select(value => value + 1)], shape);
        }

        if (architecture == "gpt2" && shape.Length == 2 && stored.StartsWith("blk.", StringComparison.Ordinal))
        {
            var (rows, columns) = ((int)shape[0], (int)shape[1]);
            return ([.. Enumerable.Range(0, values.Length).Select(i => values[(i % rows * columns) + (i / rows)])], [columns, rows]);
        }

        if (Interleaving.Contains(architecture) && GgufWeightNames.IsQueryOrKey(stored))
        {
            return (LlamaGguf.Interleave(values, (int)shape[0], attention.HeadSize), shape);
        }

        return architecture is "bloom" or "gptneox" or "falcon" && stored.Contains("attn_qkv", StringComparison.Ordinal)
            ? (SideBySide(values, (int)shape[0], attention), shape)
            : (values, shape);
    }

    /// <summary>From groups of queries, a key and a value to all queries, all keys, all values.</summary>
    private static float[] SideBySide(float[] values, int rows, AttentionSpec attention)
    {
        var (head, queries) = (values.Length / rows * attention.HeadSize, attention.HeadCount / attention.KvHeadCount);
        var heads = values.Chunk(head).Select((content, i) => (Content: content, Place: i % (queries + 2))).ToList();
        return
        [
            .. heads.Where(part => part.Place < queries).SelectMany(part => part.Content),
            .. heads.Where(part => part.Place == queries).SelectMany(part => part.Content),
            .. heads.Where(part => part.Place == queries + 1).SelectMany(part => part.Content),
        ];
    }

    [GeneratedRegex("^[a-z_]+\\.(?:layers|h|blocks)\\.([0-9]+)\\.")]
    private static partial Regex LayerPattern();
}
