namespace Inference.Engine.Requests;

/// <summary>What a request's channel carries: generated tokens, then exactly one event with an <see cref="Outcome"/>.</summary>
/// <param name="TokenId">The generated token; meaningless when <paramref name="Outcome"/> is set.</param>
/// <param name="Logprobs">The token's log-probabilities when they were asked for.</param>
/// <param name="Outcome">Null for a token; set on the one terminal event.</param>
public readonly record struct TokenEvent(int TokenId, TokenLogprobs? Logprobs, RequestOutcome? Outcome)
{
    /// <summary>Whether this is the request's last event.</summary>
    public bool IsTerminal => Outcome is not null;

    /// <summary>An event for a generated token. A stop token that ends the request is sent as a token first.</summary>
    public static TokenEvent Token(int tokenId, TokenLogprobs? logprobs = null) => new(tokenId, logprobs, null);

    /// <summary>The terminal event.</summary>
    public static TokenEvent Finished(RequestOutcome outcome) => new(-1, null, outcome);
}
