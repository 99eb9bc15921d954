using System.Text.Json;

namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /v1/chat/completions.</summary>
public sealed record ChatCompletionRequest : GenerationRequestBody
{
    /// <summary>The conversation: an array of objects; kept as JSON because the chat template reads whatever a message carries.</summary>
    public JsonElement? Messages { get; init; }

    /// <summary>OpenAI's newer name of max_tokens; it wins when both are given.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Report log-probabilities.</summary>
    public bool? Logprobs { get; init; }

    /// <summary>How many alternatives to report per token; only with <see cref="Logprobs"/>.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>Tool definitions: an array of objects, handed to the chat template.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>"none" or "auto"; forcing a call is not supported.</summary>
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Whether the template opens the assistant's turn; true when left out.</summary>
    public bool? AddGenerationPrompt { get; init; }

    /// <summary>Further variables for the chat template: an object.</summary>
    public Dictionary<string, JsonElement>? ChatTemplateKwargs { get; init; }
}
