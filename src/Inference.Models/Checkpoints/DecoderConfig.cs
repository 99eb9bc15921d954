using System.Collections.Immutable;

namespace Inference.Models.Checkpoints;

/// <summary>
/// The fields of a config.json, asked for by a family's reader. Of several spellings of a field the first that is there counts, and
/// errors name that one. What no reader asked for, and what would change what the model computes, is an error in the end.
/// </summary>
internal sealed class DecoderConfig(JsonFields fields, string modelType)
{
    private const string LayerTypes = "layer_types";
    private const string FullAttention = "full_attention";

    /// <summary>Settings that change what a model computes, and that every family has to ask for that can express them.</summary>
    private static readonly string[] Settings =
    [
        "quantization_config", "auto_map", "attn_logit_softcapping", "final_logit_softcapping", "num_local_experts", "num_experts",
        "clip_qkv", "sliding_window", "use_sliding_window", "rope_interleaved", "rope_theta", "rope_parameters", "rope_scaling",
        "partial_rotary_factor", "rotary_pct", "rotary_dim", "rope_local_base_freq", "no_rope_layers", "hidden_act",
        "hidden_activation", "activation_function", "attention_bias", "mlp_bias", "use_bias", "qk_layernorm", "use_qk_norm", "alibi",
        "embedding_multiplier", "residual_multiplier", "attention_multiplier", "logits_scaling", "logit_scale", "parallel_attn",
        "use_parallel_residual", "query_pre_attn_scalar", "use_bidirectional_attention", "scale_attn_by_inverse_layer_idx",
    ];

    private readonly Dictionary<string, string> _spellings = new(StringComparer.Ordinal);

    /// <summary>The family.</summary>
    public string ModelType => modelType;

    /// <summary>The fields themselves, for what has a form of its own.</summary>
    public JsonFields Fields => fields;

    /// <summary>A size that must be there.</summary>
    public int Size(params ReadOnlySpan<string> spellings) => OptionalSize(spellings) ?? fields.Require<int>(spellings[0], null);

    /// <summary>A size that may be missing.</summary>
    public int? OptionalSize(params ReadOnlySpan<string> spellings) => fields.GetInt32(Spelling(spellings));

    /// <summary>A number that may be missing.</summary>
    public double? OptionalNumber(params ReadOnlySpan<string> spellings) => fields.GetNumber(Spelling(spellings));

    /// <summary>A number, or what the family takes in its place.</summary>
    public float Number(string name, double otherwise) => (float)(fields.GetNumber(name) ?? otherwise);

    /// <summary>A flag, or what the family takes in its place.</summary>
    public bool Flag(string name, bool otherwise) => fields.GetBool(name) ?? otherwise;

    /// <summary>A flag that only one value of can be expressed, which is also the family's default.</summary>
    public void Expect(string name, bool value)
    {
        if (Flag(name, value) != value)
        {
            throw fields.Error(name, $"is {(value ? "false" : "true")}, and not supported");
        }
    }

    /// <summary>The nonlinearity of the MLP.</summary>
    /// <param name="otherwise">What the family takes when the field is missing.</param>
    /// <param name="spellings">Of the field.</param>
    public Activation Activation(string otherwise, params ReadOnlySpan<string> spellings)
    {
        var name = Spelling(spellings);
        var value = fields.GetString(name) ?? otherwise;
        return value switch
        {
            "silu" or "swish" => Models.Activation.Silu,
            "gelu" => Models.Activation.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Models.Activation.GeluTanh,
            "relu" => Models.Activation.Relu,
            "relu2" => Models.Activation.ReluSquared,
            _ => throw fields.Error(
                name, $"'{OneLine.Shorten(value)}' is not supported, only silu, gelu, gelu_new, gelu_pytorch_tanh, relu and relu2"),
        };
    }

    /// <summary>The size of a head when it is the hidden size's share.</summary>
    public int WholeHeadSize(int hidden, int heads) => heads > 0 && hidden % heads == 0
        ? hidden / heads
        : throw Error("hidden_size", $"is {hidden}, not a multiple of num_attention_heads, {heads}, and there is no head_dim");

    /// <summary>For each layer whether its attention is windowed.</summary>
    /// <param name="layers">Layers.</param>
    /// <param name="otherwise">What holds when the config does not say it, by the layer's number.</param>
    public ImmutableArray<bool> SlidingLayers(int layers, Func<int, bool> otherwise)
    {
        if (fields.GetStrings(LayerTypes) is not { } types)
        {
            return [.. Enumerable.Range(0, Math.Clamp(layers, 0, SpecLimits.MaxLayers)).Select(otherwise)];
        }

        if (types.Length != layers)
        {
            throw fields.Error(LayerTypes, $"has {types.Length} items for {layers} layers");
        }

        return
        [
            .. types.Select(type => type switch
            {
                FullAttention => false,
                "sliding_attention" => true,
                _ => throw fields.Error(
                    LayerTypes, $"'{OneLine.Shorten(type)}' is not supported, only {FullAttention} and sliding_attention"),
            }),
        ];
    }

    /// <summary>An exception that names the file and the field as it is spelt there.</summary>
    public ModelFormatException Error(string name, string what) => fields.Error(_spellings.GetValueOrDefault(name, name), what);

    /// <summary>Refuses what the family did not ask for.</summary>
    public void RefuseUnread()
    {
        foreach (var name in Settings.Where(name => fields.IsUnread(name) && !fields.IsFalse(name)))
        {
            throw fields.Error(name, $"is set, and not supported for {modelType}");
        }

        if (fields.IsUnread(LayerTypes) && fields.GetStrings(LayerTypes)!.Value.FirstOrDefault(type => type != FullAttention) is { } other)
        {
            throw fields.Error(LayerTypes, $"'{OneLine.Shorten(other)}' is not supported for {modelType}, only {FullAttention}");
        }
    }

    private string Spelling(ReadOnlySpan<string> spellings)
    {
        foreach (var name in spellings)
        {
            if (fields.Has(name))
            {
                _spellings[spellings[0]] = name;
                return name;
            }
        }

        return spellings[0];
    }
}
