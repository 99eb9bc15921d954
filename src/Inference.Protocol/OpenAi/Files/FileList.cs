using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi.Files;

/// <summary>The answer of GET /v1/files.</summary>
/// <param name="Data">The files.</param>
/// <param name="HasMore">Whether there are more after them.</param>
/// <param name="FirstId">The first one's id, "" when there is none.</param>
/// <param name="LastId">The last one's id, "" when there is none.</param>
public sealed record FileList(IReadOnlyList<FileObject> Data, bool HasMore, string FirstId, string LastId)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}
