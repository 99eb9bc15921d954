namespace Inference.Models;

/// <summary>The way from the last norm to logits: c * tanh(m * (head x + bias) / c).</summary>
public sealed record HeadSpec
{
    /// <summary>Whether the head has a bias.</summary>
    public bool HasBias { get; init; }

    /// <summary>m.</summary>
    public float Multiplier { get; init; } = 1;

    /// <summary>c, which no logit exceeds; 0 for no such cap.</summary>
    public float Softcap { get; init; }
}
