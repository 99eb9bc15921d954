namespace Inference.Models;

/// <summary>Grouped-query attention.</summary>
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

    /// <summary>How queries and keys turn by their positions; null for not at all.</summary>
    public RotarySpec? Rotary { get; init; }

    /// <summary>How many tokens a token sees, itself included; 0 for all before it.</summary>
    public int Window { get; init; }

    /// <summary>c in c * tanh(score / c), which no score exceeds; 0 for no such cap.</summary>
    public float Softcap { get; init; }

    /// <summary>Linear biases; null for none.</summary>
    public AlibiSpec? Alibi { get; init; }

    /// <summary>Norms of queries and keys.</summary>
    public QkNorm QkNorm { get; init; }

    /// <summary>Whether the q, k and v projections have biases.</summary>
    public bool HasQkvBias { get; init; }

    /// <summary>Whether the output projection has a bias.</summary>
    public bool HasOutputBias { get; init; }
}
