namespace Inference.Protocol.OpenAi;

/// <summary>Tokens that a request without generated text used.</summary>
/// <param name="PromptTokens">Tokens of all its texts, special ones included.</param>
public sealed record PoolingUsage(int PromptTokens)
{
    /// <summary>The same: nothing is generated.</summary>
    public int TotalTokens => PromptTokens;
}
