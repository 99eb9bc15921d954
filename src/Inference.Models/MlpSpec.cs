namespace Inference.Models;

/// <summary>An MLP: down(activation(gate(x)) * up(x)) or, without a gate, down(activation(up(x))).</summary>
public sealed record MlpSpec
{
    /// <summary>Width of the gate and of the up projection.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The nonlinearity.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether there is no gate.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Whether the projections have biases.</summary>
    public bool HasBias { get; init; }
}
