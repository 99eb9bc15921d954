using System.Globalization;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>What architectures say in keys of their own, or take for granted, and where their files have packed projections.</summary>
internal static class GgufRefinements
{
    /// <summary>Falcon 40B and 180B have a norm for attention alone.</summary>
    private const string FalconAttentionNorm = "blk.0.attn_norm_2.weight";

    /// <summary>
    /// Layers of the two models whose scores are scaled by hidden size over heads, as nothing else in their files tells them apart.
    /// </summary>
    private const int Gemma2LayersOf27B = 46;
    private const int Gemma3LayersOf27B = 62;

    public static DecoderSpec SmolLm3(GgufHyperparameters keys, DecoderSpec spec) => spec with
    {
        LayerAttention = PerLayer(spec, layer => new LayerAttention(0, (layer + 1) % 4 == 0 ? null : spec.Attention.Rotary)),
    };

    public static DecoderSpec Granite(GgufHyperparameters keys, DecoderSpec spec) => spec with
    {
        Attention = spec.Attention with { Scale = (float)(keys.OptionalNumber("attention.scale") ?? spec.Attention.Scale) },
        Embedding = new TokenEmbeddingSpec { Multiplier = (float)(keys.OptionalNumber("embedding_scale") ?? 1) },
        Head = new HeadSpec { Multiplier = 1 / (float)(keys.OptionalNumber("logit_scale") ?? 1) },
        BranchMultiplier = (float)(keys.OptionalNumber("residual_scale") ?? 1),
    };

    public static DecoderSpec Olmo(GgufHyperparameters keys, DecoderSpec spec)
    {
        RefuseClamp(keys);
        return spec;
    }

    public static DecoderSpec Gemma(GgufHyperparameters keys, DecoderSpec spec) =>
        spec with { Embedding = new TokenEmbeddingSpec { Multiplier = MathF.Sqrt(spec.HiddenSize) } };

    public static DecoderSpec Gemma2(GgufHyperparameters keys, DecoderSpec spec)
    {
        var window = keys.OptionalInteger("attention.sliding_window") ?? 4096;
        return Gemma(keys, spec) with
        {
            Attention = spec.Attention with
            {
                Scale = GemmaScale(spec, Gemma2LayersOf27B),
                Softcap = (float)(keys.OptionalNumber("attn_logit_softcapping") ?? 50),
            },
            Head = new HeadSpec { Softcap = (float)(keys.OptionalNumber("final_logit_softcapping") ?? 30) },
            LayerAttention = PerLayer(spec, layer => new LayerAttention(layer % 2 == 0 ? window : 0, spec.Attention.Rotary)),
        };
    }

    public static DecoderSpec Gemma3(GgufHyperparameters keys, DecoderSpec spec)
    {
        var (window, period) = (keys.Integer("attention.sliding_window"), keys.OptionalInteger("attention.sliding_window_pattern") ?? 6);
        var full = spec.Attention.Rotary! with { Theta = (float)(keys.OptionalNumber("rope.freq_base") ?? 1_000_000) };
        if (keys.Text("rope.scaling.type") is { } scaling and not "none")
        {
            var factor = keys.OptionalNumber("rope.scaling.factor") ?? 1;
            full = scaling == "linear"
                ? full with { Divisors = new ValueList<double>([.. Enumerable.Repeat(factor, spec.Attention.HeadSize / 2)]) }
                : throw keys.Error("rope.scaling.type", $"'{OneLine.Shorten(scaling)}' is not supported, only linear");
        }

        var sliding = new RotarySpec { Theta = (float)(keys.OptionalNumber("rope.freq_base_swa") ?? 10_000) };
        return Gemma(keys, spec) with
        {
            Attention = spec.Attention with { Scale = GemmaScale(spec, Gemma3LayersOf27B), Rotary = full },
            LayerAttention = PerLayer(
                spec, layer => period > 0 && (layer + 1) % period == 0 ? new LayerAttention(0, full) : new LayerAttention(window, sliding)),
        };
    }

    public static DecoderSpec Phi3(GgufHyperparameters keys, DecoderSpec spec)
    {
        keys.Understand("rope.scaling.original_context_length");
        return spec with { Attention = spec.Attention with { Window = keys.OptionalInteger("attention.sliding_window") ?? 0 } };
    }

    public static DecoderSpec GptNeoX(GgufHyperparameters keys, DecoderSpec spec) => spec with
    {
        Residual = keys.Flag("use_parallel_residual", true) ? ResidualKind.Parallel : ResidualKind.Sequential,
    };

    public static DecoderSpec Falcon(GgufHyperparameters keys, DecoderSpec spec) =>
        spec with { Residual = keys.Has(FalconAttentionNorm) ? ResidualKind.Parallel : ResidualKind.ParallelOneNorm };

    public static DecoderSpec Bloom(GgufHyperparameters keys, DecoderSpec spec) => spec with
    {
        Attention = spec.Attention with { Alibi = new AlibiSpec { MaxBias = 8 } },
        Embedding = new TokenEmbeddingSpec { HasNorm = true },
    };

    public static DecoderSpec Mpt(GgufHyperparameters keys, DecoderSpec spec)
    {
        RefuseClamp(keys);
        var alibi = new AlibiSpec { MaxBias = keys.Number("attention.max_alibi_bias") };
        return spec with { Attention = spec.Attention with { Alibi = alibi } };
    }

    public static void MapPartialRotary(WeightMap map, DecoderSpec spec)
    {
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            map.Pair(layer, spec.Attention);
        }
    }

    public static void MapOlmo(WeightMap map, DecoderSpec spec)
    {
        var ones = new WeightView(Stored: null) { Length = spec.HiddenSize };
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            map.Add(WeightNames.InputNorm(layer), ones);
            map.Add(WeightNames.PostAttentionNorm(layer), ones);
        }

        map.Add(WeightNames.FinalNorm, ones);
    }

    public static void MapPacked(WeightMap map, DecoderSpec spec)
    {
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            map.AddQkv(layer, Block(layer, "attn_qkv"), HeadRows.SideBySide(spec.Attention));
            map.Pair(layer, spec.Attention);
        }
    }

    public static void MapPhi3(WeightMap map, DecoderSpec spec)
    {
        MapPacked(map, spec);
        long width = spec.Mlp.IntermediateSize;
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            var stored = WeightNames.Up(layer)[..^".weight".Length];
            map.Add(WeightNames.Gate(layer), stored, RowSelection.Slice(0, width, 2 * width));
            map.Add(WeightNames.Up(layer), stored, RowSelection.Slice(width, width, 2 * width));
        }
    }

    public static void MapFalcon(WeightMap map, DecoderSpec spec)
    {
        MapPacked(map, spec);
        for (var layer = 0; layer < spec.LayerCount && spec.Residual == ResidualKind.Parallel; layer++)
        {
            map.Add(WeightNames.InputNorm(layer), Block(layer, "attn_norm_2"));
            map.Add(WeightNames.PostAttentionNorm(layer), WeightNames.InputNorm(layer)[..^".weight".Length]);
        }
    }

    private static string Block(int layer, string name) => string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.{name}");

    private static float GemmaScale(DecoderSpec spec, int layersOf27B) => 1 / MathF.Sqrt(
        spec.LayerCount == layersOf27B ? (float)spec.HiddenSize / spec.Attention.HeadCount : spec.Attention.HeadSize);

    private static void RefuseClamp(GgufHyperparameters keys)
    {
        if (keys.OptionalNumber("attention.clamp_kqv") is { } clamp && clamp != 0)
        {
            throw keys.Error("attention.clamp_kqv", $"is {clamp.ToString(CultureInfo.InvariantCulture)}, and not supported");
        }
    }

    private static ValueList<LayerAttention> PerLayer(DecoderSpec spec, Func<int, LayerAttention> of) =>
        new([.. Enumerable.Range(0, Math.Clamp(spec.LayerCount, 0, SpecLimits.MaxLayers)).Select(of)]);
}
