using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The answer of /v1/models.</summary>
/// <param name="Data">Every name that is served.</param>
public sealed record ModelList(IReadOnlyList<ModelCard> Data)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}
