namespace Inference.Protocol.OpenAi.Responses;

/// <summary>Tokens that a response used, or all requests of a batch.</summary>
/// <param name="InputTokens">Tokens of the prompt.</param>
/// <param name="InputTokensDetails">More about them.</param>
/// <param name="OutputTokens">Tokens generated, stop tokens included.</param>
/// <param name="OutputTokensDetails">More about them.</param>
public sealed record ResponseUsage(long InputTokens, InputTokensDetails InputTokensDetails, long OutputTokens, OutputTokensDetails OutputTokensDetails)
{
    /// <summary>Both together.</summary>
    public long TotalTokens => InputTokens + OutputTokens;
}
