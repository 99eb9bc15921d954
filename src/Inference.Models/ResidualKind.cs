namespace Inference.Models;

/// <summary>How attention and MLP of a layer follow one another.</summary>
public enum ResidualKind
{
    /// <summary>The MLP sees what attention has added to.</summary>
    Sequential,

    /// <summary>Both see the layer's input, each through a norm of its own, and both are added to it.</summary>
    Parallel,

    /// <summary>Both see one norm of the layer's input.</summary>
    ParallelOneNorm,
}
