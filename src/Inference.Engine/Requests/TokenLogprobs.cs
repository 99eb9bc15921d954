using System.Collections.Immutable;

namespace Inference.Engine.Requests;

/// <summary>
/// Natural log-probabilities of one generated position, of the model's own distribution (before temperature, penalties and filters).
/// </summary>
/// <param name="Logprob">Of the chosen token.</param>
/// <param name="Top">The most likely alternatives, most likely first.</param>
public sealed record TokenLogprobs(float Logprob, ImmutableArray<(int TokenId, float Logprob)> Top);
