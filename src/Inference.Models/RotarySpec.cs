namespace Inference.Models;

/// <summary>
/// Rotary positions (RoFormer, Su et al., section 3.2.2): position p turns pair i by p * theta^(-2i / size) / divisor i. The pairs are
/// (i, i + head size / 2); those from size / 2 on do not turn. Checkpoints that pair other elements are read with their rows in this
/// order. All ways of stretching rotary positions (linear, llama3, YaRN, LongRoPE) are divisors and an amplitude.
/// </summary>
public sealed record RotarySpec
{
    /// <summary>Base of the frequencies, at least 1.</summary>
    public required float Theta { get; init; }

    /// <summary>How many elements of a head turn; even, and no more than the head has. Null for all.</summary>
    public int? Size { get; init; }

    /// <summary>What each pair's frequency is divided by; null for nothing.</summary>
    public ValueList<double>? Divisors { get; init; }

    /// <summary>Other divisors for sequences of a limited length; null where there is no difference.</summary>
    public ShortRotary? BelowLimit { get; init; }

    /// <summary>Multiplies cosines and sines, and so the elements that turn.</summary>
    public float Amplitude { get; init; } = 1;
}

/// <summary>
/// What LongRoPE (Ding et al. 2024, section 3.2) uses as long as sequences are short. The choice is made once for a model, by its
/// longest sequence, and not for each request by its own: keys in the cache can then be shared by all.
/// </summary>
/// <param name="MaxPositions">The longest sequence, in tokens.</param>
/// <param name="Divisors">As <see cref="RotarySpec.Divisors"/>.</param>
public sealed record ShortRotary(int MaxPositions, ValueList<double> Divisors);
