namespace Inference.Protocol.OpenAi;

/// <summary>Log-probabilities in the shape of completions: lists of the same length, one entry per token.</summary>
/// <param name="TextOffset">Where each token's text begins in the choice's text, in UTF-16 units.</param>
/// <param name="TokenLogprobs">Natural log-probability of each token.</param>
/// <param name="Tokens">Each token's text.</param>
/// <param name="TopLogprobs">The most likely alternatives by text; null when none were asked for.</param>
public sealed record CompletionLogprobs(
    IReadOnlyList<int> TextOffset,
    IReadOnlyList<float> TokenLogprobs,
    IReadOnlyList<string> Tokens,
    IReadOnlyList<IReadOnlyDictionary<string, float>>? TopLogprobs);
