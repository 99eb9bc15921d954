using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi.Responses;

/// <summary>The answer of /v1/responses/{id}/input_items.</summary>
/// <param name="Data">The items.</param>
/// <param name="HasMore">Whether there are more after them.</param>
/// <param name="FirstId">The first one's id, "" when there is none.</param>
/// <param name="LastId">The last one's id, "" when there is none.</param>
public sealed record ResponseItemList(IReadOnlyList<JsonElement> Data, bool HasMore, string FirstId, string LastId)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}
