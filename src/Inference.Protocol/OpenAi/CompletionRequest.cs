namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /v1/completions.</summary>
public sealed record CompletionRequest : GenerationRequestBody
{
    /// <summary>What to complete; required.</summary>
    public Prompt? Prompt { get; init; }

    /// <summary>Report log-probabilities, with this many alternatives per token; -1 for the whole vocabulary.</summary>
    public int? Logprobs { get; init; }

    /// <summary>Whether the text begins with the prompt.</summary>
    public bool? Echo { get; init; }

    /// <summary>What comes after the text to generate, where a model was trained to fill in the middle.</summary>
    public string? Suffix { get; init; }
}
