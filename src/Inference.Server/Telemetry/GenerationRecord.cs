namespace Inference.Server.Telemetry;

/// <summary>What became of a request, for metrics and traces.</summary>
/// <param name="Operation">"chat", "text_completion" or "embeddings".</param>
/// <param name="Model">The model's name.</param>
/// <param name="Duration">From the request's checks to the answer's end.</param>
/// <param name="PromptTokens">Tokens of all prompts.</param>
/// <param name="CompletionTokens">Tokens generated, all choices together.</param>
/// <param name="Phases">Of the first choice; null if it was never run.</param>
/// <param name="Error">The error's code; null for none.</param>
internal readonly record struct GenerationRecord(
    string Operation,
    string Model,
    TimeSpan Duration,
    int PromptTokens,
    int CompletionTokens,
    GenerationPhases? Phases,
    string? Error)
{
    /// <summary>The conventions' gen_ai.provider.name.</summary>
    public const string Provider = "inference";
}
