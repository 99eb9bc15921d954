using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>A vector, and how it is written.</summary>
/// <param name="Values">The numbers.</param>
/// <param name="IsBase64">Whether it is written as base64 of the floats' bytes, little-endian, rather than as a list of numbers.</param>
[JsonConverter(typeof(EmbeddingVectorConverter))]
public readonly record struct EmbeddingVector(ReadOnlyMemory<float> Values, bool IsBase64);
