namespace Inference.Protocol.OpenAi;

/// <summary>
/// Log-probabilities in the shape of completions: lists of the same length, one entry per token. The first token of an echoed prompt has
/// none: nothing is before it.
/// </summary>
/// <param name="TextOffset">Where each token's text begins in the choice's text, in UTF-16 units.</param>
/// <param name="TokenLogprobs">Natural log-probability of each token.</param>
/// <param name="Tokens">Each token's text.</param>
/// <param name="TopLogprobs">The token itself and the most likely alternatives, by text.</param>
public sealed record CompletionLogprobs(
    IReadOnlyList<int> TextOffset,
    IReadOnlyList<float?> TokenLogprobs,
    IReadOnlyList<string> Tokens,
    IReadOnlyList<IReadOnlyDictionary<string, float>?> TopLogprobs);
