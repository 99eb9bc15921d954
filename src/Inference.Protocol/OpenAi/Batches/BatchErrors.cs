using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi.Batches;

/// <summary>Why a batch failed.</summary>
/// <param name="Data">At least one.</param>
public sealed record BatchErrors(IReadOnlyList<BatchError> Data)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}
