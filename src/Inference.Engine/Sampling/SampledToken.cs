using Inference.Engine.Requests;

namespace Inference.Engine.Sampling;

/// <summary>What sampling made of one row of logits.</summary>
/// <param name="TokenId">The token chosen; meaningless when <paramref name="Error"/> is set.</param>
/// <param name="Logprobs">Its log-probabilities when the request asks for them.</param>
/// <param name="Error">Why none could be chosen; null when one was.</param>
internal readonly record struct SampledToken(int TokenId, TokenLogprobs? Logprobs = null, string? Error = null);
