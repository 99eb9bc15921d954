namespace Inference.Models;

/// <summary>A gated MLP: down(silu(gate(x)) * up(x)).</summary>
public sealed record MlpSpec
{
    /// <summary>Width of the gate and of the up projection.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Whether the three projections have biases.</summary>
    public bool HasBias { get; init; }
}
