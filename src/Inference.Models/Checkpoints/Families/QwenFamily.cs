namespace Inference.Models.Checkpoints.Families;

/// <summary>Qwen 2 and 3.</summary>
internal static class QwenFamily
{
    /// <summary>Qwen2 and Qwen2.5: q, k and v have biases.</summary>
    public static ModelFamily Qwen2 { get; } = new()
    {
        ModelType = "qwen2",
        Architecture = "Qwen2ForCausalLM",
        ReadSpec = config =>
        {
            var spec = LlamaFamily.Read(config);
            return WithWindows(spec with { Attention = spec.Attention with { HasQkvBias = true } }, config);
        },
    };

    /// <summary>Qwen3: norms of queries and keys, head by head.</summary>
    public static ModelFamily Qwen3 { get; } = new()
    {
        ModelType = "qwen3",
        Architecture = "Qwen3ForCausalLM",
        ReadSpec = config =>
        {
            var (spec, hasBias) = (LlamaFamily.Read(config), config.Flag("attention_bias", false));
            var attention = spec.Attention with { QkNorm = QkNorm.PerHead, HasQkvBias = hasBias, HasOutputBias = hasBias };
            return WithWindows(spec with { Attention = attention }, config);
        },
    };

    /// <summary>Windows hold only where <c>use_sliding_window</c> says so, and then from <c>max_window_layers</c> on.</summary>
    private static DecoderSpec WithWindows(DecoderSpec spec, DecoderConfig config)
    {
        var window = config.OptionalSize("sliding_window") ?? 4096;
        var first = config.OptionalSize("max_window_layers") ?? 28;
        if (config.Flag("use_sliding_window", false))
        {
            return Windows.Of(spec, config, window, layer => layer >= first);
        }

        return config.SlidingLayers(spec.LayerCount, _ => false).Contains(true)
            ? throw config.Error("layer_types", "has sliding_attention, but use_sliding_window is false")
            : spec;
    }
}
