using System.Text.Json;

namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /tokenize: a prompt, or a conversation.</summary>
public sealed record TokenizeRequest
{
    /// <summary>The served model's name; the default model when left out.</summary>
    public string? Model { get; init; }

    /// <summary>The text to tokenise.</summary>
    public string? Prompt { get; init; }

    /// <summary>The conversation to render and tokenise, in place of <see cref="Prompt"/>.</summary>
    public JsonElement? Messages { get; init; }

    /// <summary>Whether the tokenizer adds its own special tokens; true for a prompt, false for a conversation when left out.</summary>
    public bool? AddSpecialTokens { get; init; }

    /// <summary>Whether the answer holds the tokens' spelling, too.</summary>
    public bool? ReturnTokenStrs { get; init; }

    /// <summary>As in chat completions.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>As in chat completions.</summary>
    public bool? AddGenerationPrompt { get; init; }

    /// <summary>As in chat completions.</summary>
    public bool? ContinueFinalMessage { get; init; }

    /// <summary>As in chat completions.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>As in chat completions.</summary>
    public Dictionary<string, JsonElement>? ChatTemplateKwargs { get; init; }
}
