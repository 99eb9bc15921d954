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

    /// <summary>Names what answers: the model, how it is run, and the server's version. With a seed, the same fingerprint gives the same text.</summary>
    public required string SystemFingerprint { get; init; }

    /// <summary>"default" when the request named a tier.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceTier { get; init; }

    /// <summary>The choices by index.</summary>
    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    /// <summary>Tokens used.</summary>
    public required Usage Usage { get; init; }

    /// <summary>For each token of the prompt but the first, which has null: token ids to how likely they are. Left out unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyDictionary<int, PromptLogprob>?>? PromptLogprobs { get; init; }

    /// <summary>The prompt's tokens. Left out unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReadOnlyMemory<int>? PromptTokenIds { get; init; }
}
