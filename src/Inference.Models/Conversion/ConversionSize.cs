using Inference.Models.Checkpoints;

namespace Inference.Models.Conversion;

/// <summary>What a conversion would take, told without converting.</summary>
public static class ConversionSize
{
    /// <summary>Bytes of the converted model's weights, on disk and in memory.</summary>
    /// <param name="input">The model; only its shapes are looked at.</param>
    /// <param name="options">How it would be converted.</param>
    /// <exception cref="ModelFormatException">It cannot be converted to what the options ask for.</exception>
    public static long Of(ConversionInput input, ConversionOptions options) =>
        ConversionTarget.Of(options, input.Spec).Emit(input.Spec, input.Weights).WeightsLength;

    /// <summary>Parameters by part: (name of the weight, elements), in the decoder's order.</summary>
    /// <param name="spec">The decoder.</param>
    public static IEnumerable<(string Name, long Elements)> Parameters(DecoderSpec spec) =>
        RequiredWeights.Of(spec).Select(weight => (weight.Name, TensorShape.ElementCount(weight.Shape)));
}
