using System.Collections.Immutable;

namespace Inference.Engine.Requests;

/// <summary>
/// Natural log-probabilities at one position, of the model's own distribution (before temperature, penalties and filters).
/// </summary>
/// <param name="Logprob">Of the token that is there.</param>
/// <param name="Top">The most likely alternatives, most likely first.</param>
public sealed record TokenLogprobs(float Logprob, ImmutableArray<(int TokenId, float Logprob)> Top)
{
    /// <summary>How many tokens are at least as likely as the one that is there, itself included: told of a prompt's tokens, 0 otherwise.</summary>
    public int Rank { get; init; }
}
