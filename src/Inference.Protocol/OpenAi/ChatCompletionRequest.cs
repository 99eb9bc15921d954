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

    /// <summary>"none", "auto", "required", or an object that names a tool.</summary>
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Whether an answer may call several tools; true when left out.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>Whether the template opens the assistant's turn; true when left out.</summary>
    public bool? AddGenerationPrompt { get; init; }

    /// <summary>Whether the last message, the assistant's, is gone on with instead of being answered.</summary>
    public bool? ContinueFinalMessage { get; init; }

    /// <summary>Whether the answer begins with the last message, when it is the assistant's.</summary>
    public bool? Echo { get; init; }

    /// <summary>A template to use in place of the model's own.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>For templates of retrieval: an array of objects, handed to the chat template.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Handed to the chat template as the variable reasoning_effort.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>Whether the answer holds the model's reasoning; true when left out.</summary>
    public bool? IncludeReasoning { get; init; }

    /// <summary>Only text is supported.</summary>
    public string[]? Modalities { get; init; }

    /// <summary>Not supported; read to refuse it.</summary>
    public JsonElement? Audio { get; init; }

    /// <summary>The old form of <see cref="Tools"/>, not supported; read to refuse it.</summary>
    public JsonElement? Functions { get; init; }

    /// <summary>Further variables for the chat template: an object.</summary>
    public Dictionary<string, JsonElement>? ChatTemplateKwargs { get; init; }
}
