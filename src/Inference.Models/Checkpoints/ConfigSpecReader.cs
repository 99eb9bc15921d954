using System.Collections.Frozen;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Reads a <see cref="DecoderSpec"/> from a Hugging Face config.json, in the spelling of transformers 5 (<c>rope_parameters</c>) or of
/// earlier releases (<c>rope_theta</c>, <c>rope_scaling</c>). A setting that changes what the model computes and that the spec cannot
/// express is an error.
/// </summary>
internal static class ConfigSpecReader
{
    private const int MaxBytes = 4 << 20;
    private const double DefaultRotaryTheta = 10_000;
    private const double DefaultNormEpsilon = 1e-6;

    /// <summary>Settings that no family here can express, whatever their value.</summary>
    private static readonly string[] Inexpressible =
    [
        "quantization_config", "auto_map", "attn_logit_softcapping", "final_logit_softcapping", "num_local_experts", "num_experts",
        "clip_qkv",
    ];

    /// <summary>The keys of <c>rope_parameters</c> or <c>rope_scaling</c> that say nothing beyond plain rotary embeddings.</summary>
    private static readonly FrozenSet<string> PlainRotaryKeys =
        FrozenSet.Create("rope_theta", "rope_type", "type", "partial_rotary_factor");

    /// <summary>Reads the file.</summary>
    /// <exception cref="ModelFormatException">A field is missing, wrong, or cannot be expressed; the message names it.</exception>
    public static DecoderSpec Read(string path)
    {
        var config = JsonFields.Load(path, MaxBytes);
        var family = Family(config);
        RefuseInexpressible(config, family);

        var heads = Size(config, "num_attention_heads");
        var hidden = Size(config, "hidden_size");
        var headSize = config.GetInt32("head_dim") ?? WholeHeadSize(config, hidden, heads);
        var hasAttentionBias = family.BiasesFromConfig && (config.GetBool("attention_bias") ?? false);
        var spec = new DecoderSpec
        {
            ModelType = family.ModelType,
            VocabularySize = Size(config, "vocab_size"),
            HiddenSize = hidden,
            LayerCount = Size(config, "num_hidden_layers"),
            MaxPositions = Size(config, "max_position_embeddings"),
            Attention = new AttentionSpec
            {
                HeadCount = heads,
                KvHeadCount = config.GetInt32("num_key_value_heads") ?? heads,
                HeadSize = headSize,
                Scale = (float)(1 / Math.Sqrt(headSize)),
                RotaryTheta = (float)RotaryTheta(config),
                HasQkvBias = family.HasQkvBias || hasAttentionBias,
                HasOutputBias = hasAttentionBias,
            },
            Mlp = new MlpSpec
            {
                IntermediateSize = Size(config, "intermediate_size"),
                HasBias = family.BiasesFromConfig && (config.GetBool("mlp_bias") ?? false),
            },
            NormEpsilon = (float)(config.GetNumber("rms_norm_eps") ?? DefaultNormEpsilon),
            TieWordEmbeddings = config.GetBool("tie_word_embeddings") ?? false,
        };
        SpecLimits.Check(spec, config.Error);
        return spec;
    }

    private static ModelFamily Family(JsonFields config)
    {
        var modelType = config.Require("model_type", config.GetString("model_type"));
        var family = ModelFamily.OfModelType(modelType);
        if (family is null)
        {
            throw config.Error("model_type", $"'{OneLine.Shorten(modelType)}' is not supported; supported are {ModelFamily.ModelTypes}");
        }

        if (config.GetStrings("architectures") is { } architectures && !architectures.Contains(family.Architecture))
        {
            var named = OneLine.Shorten(string.Join(", ", architectures));
            throw config.Error("architectures", $"should contain {family.Architecture}, not {named}");
        }

        return family;
    }

    private static void RefuseInexpressible(JsonFields config, ModelFamily family)
    {
        foreach (var name in Inexpressible.Where(config.Has))
        {
            throw config.Error(name, "is set, and not supported");
        }

        var activation = config.GetString("hidden_act") ?? "silu";
        if (activation != "silu")
        {
            throw config.Error("hidden_act", $"'{OneLine.Shorten(activation)}' is not supported, only silu");
        }

        if (config.GetBool("rope_interleaved") ?? false)
        {
            throw config.Error("rope_interleaved", "is true, and not supported");
        }

        if (config.GetStrings("layer_types") is { } types && types.FirstOrDefault(type => type != "full_attention") is { } other)
        {
            throw config.Error("layer_types", $"'{OneLine.Shorten(other)}' is not supported, only full_attention");
        }

        if (HasSlidingWindow(config, family))
        {
            throw config.Error("sliding_window", "limits attention to a window, which is not supported; full attention is null");
        }
    }

    private static bool HasSlidingWindow(JsonFields config, ModelFamily family)
    {
        if (family.SlidingWindowIsOptional)
        {
            return config.GetBool("use_sliding_window") ?? false;
        }

        return config.Has("sliding_window") || (family.SlidingWindowByDefault && !config.IsNull("sliding_window"));
    }

    private static double RotaryTheta(JsonFields config)
    {
        double? theta = null;
        RefusePartialRotary(config);
        AddTheta(config);
        foreach (var name in new[] { "rope_parameters", "rope_scaling" })
        {
            if (config.GetObject(name) is { } rotary)
            {
                RefuseScaling(rotary);
                RefusePartialRotary(rotary);
                AddTheta(rotary);
            }
        }

        return theta ?? DefaultRotaryTheta;

        void AddTheta(JsonFields fields)
        {
            var value = fields.GetNumber("rope_theta");
            if (value is not null && theta is not null && value != theta)
            {
                throw fields.Error("rope_theta", $"is {value}, but {theta} in another place");
            }

            theta ??= value;
        }
    }

    private static void RefuseScaling(JsonFields rotary)
    {
        foreach (var name in new[] { "rope_type", "type" })
        {
            if (rotary.GetString(name) is { } type && type != "default")
            {
                throw rotary.Error(name, $"'{OneLine.Shorten(type)}' is not supported, only default");
            }
        }

        if (rotary.Names.FirstOrDefault(name => !PlainRotaryKeys.Contains(name)) is { } unknown)
        {
            throw rotary.Error(unknown, "is not supported");
        }
    }

    private static void RefusePartialRotary(JsonFields fields)
    {
        if (fields.GetNumber("partial_rotary_factor") is { } factor && factor != 1)
        {
            throw fields.Error("partial_rotary_factor", $"is {factor}; only 1 is supported");
        }
    }

    private static int Size(JsonFields config, string name) => config.Require(name, config.GetInt32(name));

    private static int WholeHeadSize(JsonFields config, int hidden, int heads) => heads > 0 && hidden % heads == 0
        ? hidden / heads
        : throw config.Error("hidden_size", $"is {hidden}, not a multiple of num_attention_heads, {heads}, and there is no head_dim");
}
