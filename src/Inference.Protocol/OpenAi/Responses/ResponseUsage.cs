namespace Inference.Protocol.OpenAi.Responses;

/// <summary>Tokens that a response used.</summary>
/// <param name="InputTokens">Tokens of the prompt.</param>
/// <param name="InputTokensDetails">More about them.</param>
/// <param name="OutputTokens">Tokens generated, stop tokens included.</param>
/// <param name="OutputTokensDetails">More about them.</param>
public sealed record ResponseUsage(int InputTokens, InputTokensDetails InputTokensDetails, int OutputTokens, OutputTokensDetails OutputTokensDetails)
{
    /// <summary>Both together.</summary>
    public int TotalTokens => InputTokens + OutputTokens;
}
