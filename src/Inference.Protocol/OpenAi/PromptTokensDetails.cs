namespace Inference.Protocol.OpenAi;

/// <summary>More about a prompt's tokens.</summary>
/// <param name="CachedTokens">Those that were in the cache and were not computed again.</param>
public sealed record PromptTokensDetails(int CachedTokens);
