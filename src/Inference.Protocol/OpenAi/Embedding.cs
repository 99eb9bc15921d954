using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The vector of one text.</summary>
/// <param name="Index">The text's place in the request.</param>
/// <param name="Vector">The vector, as numbers or as base64.</param>
public sealed record Embedding(int Index, [property: JsonPropertyName("embedding")] EmbeddingVector Vector)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "embedding";
}
