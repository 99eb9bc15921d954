namespace Inference.Models.Conversion;

/// <summary>A model that ONNX Runtime can load.</summary>
/// <param name="ModelPath">The graph; its weights lie beside it.</param>
/// <param name="Spec">What it computes, with <see cref="DecoderSpec.MaxPositions"/> as converted: the rotary tables end there.</param>
public sealed record ConvertedModel(string ModelPath, DecoderSpec Spec);
