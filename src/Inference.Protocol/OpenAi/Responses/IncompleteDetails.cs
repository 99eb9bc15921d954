namespace Inference.Protocol.OpenAi.Responses;

/// <summary>Why a response is not complete.</summary>
/// <param name="Reason">"max_output_tokens".</param>
public sealed record IncompleteDetails(string Reason);
