using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>How alike two texts are.</summary>
/// <param name="Index">The pair's place.</param>
/// <param name="Value">The cosine of their vectors, from -1 to 1.</param>
public sealed record Score(int Index, [property: JsonPropertyName("score")] float Value)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "score";
}
