using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>One event of a chat completion's stream.</summary>
public sealed record ChatCompletionChunk
{
    /// <summary>The same on all chunks.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "chat.completion.chunk";

    /// <summary>When the request arrived, in Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The model that answers.</summary>
    public required string Model { get; init; }

    /// <summary>Names what answers: the model, how it is run, and the server's version. With a seed, the same fingerprint gives the same text.</summary>
    public required string SystemFingerprint { get; init; }

    /// <summary>"default" when the request named a tier.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceTier { get; init; }

    /// <summary>What one choice has gained; empty on the usage chunk.</summary>
    public required IReadOnlyList<ChatChunkChoice> Choices { get; init; }

    /// <summary>Null but for the last chunk when it was asked for.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The prompt's tokens, on a choice's first chunk. Left out unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReadOnlyMemory<int>? PromptTokenIds { get; init; }
}
