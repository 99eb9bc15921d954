namespace Inference.Models.Conversion;

/// <summary>A model to convert.</summary>
/// <param name="Spec">What it computes.</param>
/// <param name="Weights">Its weights; the caller disposes of it.</param>
/// <param name="SourceFiles">The files that spec and weights were read from: a change in any of them makes it another model. Their order
/// and folder do not matter.</param>
public sealed record ConversionInput(DecoderSpec Spec, WeightSource Weights, IReadOnlyList<string> SourceFiles);
