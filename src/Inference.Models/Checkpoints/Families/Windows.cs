namespace Inference.Models.Checkpoints.Families;

/// <summary>Layers whose attention sees only so many tokens back.</summary>
internal static class Windows
{
    /// <summary>A spec with windows on the layers that <c>layer_types</c> names.</summary>
    /// <param name="spec">Without windows.</param>
    /// <param name="config">The config.</param>
    /// <param name="window">Tokens.</param>
    /// <param name="otherwise">Whether a layer has one when the config does not say it.</param>
    public static DecoderSpec Of(DecoderSpec spec, DecoderConfig config, int window, Func<int, bool> otherwise)
    {
        if (window < 1)
        {
            throw config.Error("sliding_window", $"is {window}; it should be at least 1");
        }

        var sliding = config.SlidingLayers(spec.LayerCount, otherwise);
        return sliding.Contains(false)
            ? spec with { LayerAttention = new([.. sliding.Select(slides => new LayerAttention(slides ? window : 0, spec.Attention.Rotary))]) }
            : spec with { Attention = spec.Attention with { Window = window } };
    }
}
