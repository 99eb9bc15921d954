namespace Inference.Protocol.OpenAi;

/// <summary>How likely a token is at a position of the prompt.</summary>
/// <param name="Logprob">Natural log-probability.</param>
/// <param name="Rank">1 for the most likely token.</param>
/// <param name="DecodedToken">Its text.</param>
public sealed record PromptLogprob(float Logprob, int Rank, string DecodedToken);
