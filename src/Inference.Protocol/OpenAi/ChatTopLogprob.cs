namespace Inference.Protocol.OpenAi;

/// <summary>One alternative at a position.</summary>
/// <param name="Token">Its text.</param>
/// <param name="Logprob">Natural log-probability.</param>
/// <param name="Bytes">Its text in UTF-8.</param>
public sealed record ChatTopLogprob(string Token, float Logprob, IReadOnlyList<int> Bytes);
