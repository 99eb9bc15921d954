using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The answer of POST /v1/embeddings.</summary>
/// <param name="Model">The name that the request used.</param>
/// <param name="Data">In the order of the texts.</param>
/// <param name="Usage">Tokens of all texts.</param>
public sealed record EmbeddingResponse(string Model, IReadOnlyList<Embedding> Data, PoolingUsage Usage)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}
