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

    /// <summary>
    /// Beam search in place of sampling; null: none. Of <see cref="Sampling"/> then only what changes the logits counts (bias, penalties). All
    /// events come at the end, each text's in a stream of its own.
    /// </summary>
    public BeamSearchParameters? Beams { get; init; }

    /// <summary>The most tokens to generate, at least 1; the engine also ends a request at the model's own limit.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Before this many generated tokens, end-of-sequence and stop tokens cannot be chosen.</summary>
    public int MinTokens { get; init; }

    /// <summary>Tokens that end the request, end-of-sequence tokens included (leave those out to ignore them).</summary>
    public FrozenSet<int> StopTokenIds { get; init; } = FrozenSet<int>.Empty;

    /// <summary>
    /// How many of the most likely alternatives to report with each token of the prompt after its first (0: the token's own alone); null
    /// reports nothing. Such a prompt is computed whole, for the cache holds no logits.
    /// </summary>
    public int? PromptLogprobs { get; init; }

    /// <summary>
    /// Whom the request shares cached prefixes with: those with the same salt, to the letter; null: those without one. How long an answer
    /// takes to begin can tell who else has sent its prompt, and a salt of one's own keeps that from everybody.
    /// </summary>
    public string? CacheSalt { get; init; }

    /// <summary>
    /// What its tokens are computed with beside the model's weights; null: those alone. Cached prefixes are shared with requests that have
    /// the same one.
    /// </summary>
    public Adapter? Adapter { get; init; }

    /// <summary>
    /// Names requests with one and the same prompt that are submitted together, the choices of one answer; null: it is alone. One of
    /// them computes the prompt while the others wait for it, and then share its blocks.
    /// </summary>
    public string? PromptGroup { get; init; }

    /// <summary>How urgent it is under the policy <c>priority</c>: the lower the earlier. Range [-1000, 1000].</summary>
    public int Priority { get; init; }

    /// <summary>Whose it is, for the policy <c>fair</c>; null for nobody's in particular.</summary>
    public string? Client { get; init; }

    /// <summary>The client's share under the policy <c>fair</c>: twice the weight, twice the tokens. More than 0.</summary>
    public double ClientWeight { get; init; } = 1;

    /// <summary>How long after its arrival it must have begun, or it ends with <see cref="FinishReason.Expired"/>; null for any time.</summary>
    public TimeSpan? Deadline { get; init; }
}
