namespace Inference.Protocol.OpenAi.Responses;

/// <summary>More about the generated tokens.</summary>
/// <param name="ReasoningTokens">Those of the model's reasoning.</param>
public sealed record OutputTokensDetails(long ReasoningTokens);
