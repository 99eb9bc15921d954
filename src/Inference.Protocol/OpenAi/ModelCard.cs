using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>A served model.</summary>
/// <param name="Id">The name that requests use.</param>
/// <param name="Created">When the server started, in Unix seconds.</param>
/// <param name="Root">The name the model was loaded under; several ids may share it.</param>
/// <param name="MaxModelLen">The most tokens, prompt and output together, of one request, or the most of one text to embed.</param>
public sealed record ModelCard(string Id, long Created, string Root, int MaxModelLen)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "model";

    /// <summary>Of an adapter the model that it is for; left out for a model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parent { get; init; }

    /// <summary>Who serves it.</summary>
    public string OwnedBy { get; } = "inference";
}
