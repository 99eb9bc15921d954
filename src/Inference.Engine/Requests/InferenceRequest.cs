using System.Collections.Frozen;

namespace Inference.Engine.Requests;

/// <summary>A validated, tokenised request: what the front end hands to the engine. Immutable.</summary>
public sealed record InferenceRequest
{
    /// <summary>The id that logs and metrics show. The engine does not require it to be unique.</summary>
    public required string RequestId { get; init; }

    /// <summary>The prompt, at least one token, every id inside the vocabulary.</summary>
    public required ReadOnlyMemory<int> PromptTokenIds { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingParameters Sampling { get; init; } = new();

    /// <summary>The most tokens to generate, at least 1; the engine also ends a request at the model's own limit.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Before this many generated tokens, end-of-sequence and stop tokens cannot be chosen.</summary>
    public int MinTokens { get; init; }

    /// <summary>Tokens that end the request, end-of-sequence tokens included (leave those out to ignore them).</summary>
    public FrozenSet<int> StopTokenIds { get; init; } = FrozenSet<int>.Empty;

    /// <summary>
    /// Whom the request shares cached prefixes with: those with the same salt, to the letter; null: those without one. How long an answer
    /// takes to begin can tell who else has sent its prompt, and a salt of one's own keeps that from everybody.
    /// </summary>
    public string? CacheSalt { get; init; }
}
