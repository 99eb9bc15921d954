using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The answer of /v1/completions, and (with partial texts) each chunk of its stream.</summary>
public sealed record CompletionResponse
{
    /// <summary>The same on all chunks of a stream.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "text_completion";

    /// <summary>When the request arrived, in Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The model that answered.</summary>
    public required string Model { get; init; }

    /// <summary>Names what answers: the model, how it is run, and the server's version. With a seed, the same fingerprint gives the same text.</summary>
    public required string SystemFingerprint { get; init; }

    /// <summary>"default" when the request named a tier.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceTier { get; init; }

    /// <summary>Complete choices, or what one choice has gained since the chunk before.</summary>
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }

    /// <summary>Null on the chunks of a stream, but for the last when it was asked for.</summary>
    public Usage? Usage { get; init; }
}
