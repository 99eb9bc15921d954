using System.Diagnostics.CodeAnalysis;

namespace Inference.Models.Conversion;

/// <summary>In which numbers a converted model computes (<c>--dtype</c>).</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The members are types of numbers, under the names that users give them.")]
public enum ModelDType
{
    /// <summary>Weights and activations in single precision.</summary>
    Float32,

    /// <summary>
    /// Weights in 8 bits with a scale per output, activations in 8 bits with a scale per token, both rotated; see
    /// <see cref="Int8Support"/> for which models.
    /// </summary>
    Int8,
}
