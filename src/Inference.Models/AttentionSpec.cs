namespace Inference.Models;

/// <summary>Grouped-query attention with rotary positions.</summary>
public sealed record AttentionSpec
{
    /// <summary>Query heads; a multiple of <see cref="KvHeadCount"/>.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KvHeadCount { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Multiplies query times key before the softmax; 1/sqrt(head size) in most families.</summary>
    public required float Scale { get; init; }

    /// <summary>Base of the rotary frequencies (RoFormer, section 3.2.2): position p turns pair i by p * theta^(-2i / head size). Pairs are halves: (i, i + head size / 2).</summary>
    public required float RotaryTheta { get; init; }

    /// <summary>Whether the q, k and v projections have biases.</summary>
    public bool HasQkvBias { get; init; }

    /// <summary>Whether the output projection has a bias.</summary>
    public bool HasOutputBias { get; init; }
}
