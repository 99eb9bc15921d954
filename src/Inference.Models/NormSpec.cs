namespace Inference.Models;

/// <summary>The norms of a decoder: all of one kind, each with weights. (Norms without weights are read with weights of one.)</summary>
public sealed record NormSpec
{
    /// <summary>What a norm computes.</summary>
    public NormKind Kind { get; init; }

    /// <summary>Where a layer has norms.</summary>
    public NormPlacement Placement { get; init; }

    /// <summary>Whether they have biases.</summary>
    public bool HasBias { get; init; }
}

/// <summary>What a norm computes.</summary>
public enum NormKind
{
    /// <summary>x / sqrt(mean square + epsilon).</summary>
    Rms,

    /// <summary>(x - mean) / sqrt(variance + epsilon).</summary>
    Layer,
}

/// <summary>Where a layer has norms, seen from attention and from the MLP.</summary>
public enum NormPlacement
{
    /// <summary>On the input.</summary>
    Before,

    /// <summary>On the output, before it is added to the residual.</summary>
    After,

    /// <summary>On both.</summary>
    BeforeAndAfter,
}
