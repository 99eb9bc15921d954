namespace Inference.Models;

/// <summary>
/// Attention with linear biases (Press et al. 2022): a key d tokens back has d * slope subtracted from its score. Head h of n, a power of
/// two, has the slope 2^(-<see cref="MaxBias"/> * (h + 1) / n); other numbers of heads go on with every other slope of twice as many.
/// </summary>
public sealed record AlibiSpec
{
    /// <summary>The exponent of the smallest slope; 8 in the paper.</summary>
    public required float MaxBias { get; init; }

    /// <summary>Multiplies every slope.</summary>
    public float Multiplier { get; init; } = 1;
}
