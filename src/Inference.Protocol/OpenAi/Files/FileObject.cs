using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi.Files;

/// <summary>A file that was uploaded, or written by a batch.</summary>
/// <param name="Id">Unique.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="CreatedAt">In Unix seconds.</param>
/// <param name="Filename">As it was uploaded.</param>
/// <param name="Purpose">"batch", "batch_output", "assistants", …</param>
public sealed record FileObject(string Id, long Bytes, long CreatedAt, string Filename, string Purpose)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "file";

    /// <summary>When it is deleted, in Unix seconds; left out where that is never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ExpiresAt { get; init; }

    /// <summary>It can be used as soon as it is told of.</summary>
    public string Status { get; } = "processed";
}
