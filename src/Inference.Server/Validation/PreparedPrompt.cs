namespace Inference.Server.Validation;

/// <summary>A prompt that is ready to run.</summary>
/// <param name="TokenIds">At least one.</param>
/// <param name="MaxTokens">The tokens to generate at most.</param>
internal sealed record PreparedPrompt(ReadOnlyMemory<int> TokenIds, int MaxTokens)
{
    /// <summary>What the answer's text begins with; null for nothing.</summary>
    public string? Echo { get; init; }
}
