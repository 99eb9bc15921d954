namespace Inference.Models;

/// <summary>What the attention of one layer has of its own.</summary>
/// <param name="Window">As <see cref="AttentionSpec.Window"/>.</param>
/// <param name="Rotary">As <see cref="AttentionSpec.Rotary"/>.</param>
public sealed record LayerAttention(int Window, RotarySpec? Rotary);
