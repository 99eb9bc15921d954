namespace Inference.Protocol.OpenAi.Responses;

/// <summary>More about a prompt's tokens.</summary>
/// <param name="CachedTokens">Those that were in the cache and were not computed again.</param>
public sealed record InputTokensDetails(long CachedTokens)
{
    /// <summary>Tokens whose place in the cache is charged for: none here.</summary>
    public int CacheWriteTokens { get; }
}
