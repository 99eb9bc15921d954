using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The answer to a DELETE.</summary>
/// <param name="Id">What was deleted.</param>
/// <param name="ObjectType">Its kind.</param>
public sealed record DeletedObject(string Id, [property: JsonPropertyName("object")] string ObjectType)
{
    /// <summary>It always was.</summary>
    public bool Deleted { get; } = true;
}
