namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /v1/completions.</summary>
public sealed record CompletionRequest : GenerationRequestBody
{
    /// <summary>What to complete; required.</summary>
    public Prompt? Prompt { get; init; }

    /// <summary>Report log-probabilities, with this many alternatives per token.</summary>
    public int? Logprobs { get; init; }

    /// <summary>Not supported; read to refuse it.</summary>
    public bool? Echo { get; init; }

    /// <summary>Not supported; read to refuse it.</summary>
    public string? Suffix { get; init; }
}
