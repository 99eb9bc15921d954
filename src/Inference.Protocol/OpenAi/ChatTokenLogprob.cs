namespace Inference.Protocol.OpenAi;

/// <summary>A generated token's log-probability and its alternatives.</summary>
/// <param name="Token">Its text.</param>
/// <param name="Logprob">Natural log-probability.</param>
/// <param name="Bytes">Its text in UTF-8.</param>
/// <param name="TopLogprobs">The most likely alternatives, most likely first.</param>
public sealed record ChatTokenLogprob(
    string Token,
    float Logprob,
    IReadOnlyList<int> Bytes,
    IReadOnlyList<ChatTopLogprob> TopLogprobs);
