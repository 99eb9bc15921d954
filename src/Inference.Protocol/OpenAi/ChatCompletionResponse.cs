using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The answer of /v1/chat/completions when it is not streamed.</summary>
public sealed record ChatCompletionResponse
{
    /// <summary>Unique.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "chat.completion";

    /// <summary>When the request arrived, in Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The model that answered.</summary>
    public required string Model { get; init; }

    /// <summary>The choices by index.</summary>
    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    /// <summary>Tokens used.</summary>
    public required Usage Usage { get; init; }
}
