using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi.Batches;

/// <summary>The answer of GET /v1/batches.</summary>
/// <param name="Data">The batches, the latest first.</param>
/// <param name="HasMore">Whether there are more after them.</param>
/// <param name="FirstId">The first one's id, "" when there is none.</param>
/// <param name="LastId">The last one's id, "" when there is none.</param>
public sealed record BatchList(IReadOnlyList<BatchObject> Data, bool HasMore, string FirstId, string LastId)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}
