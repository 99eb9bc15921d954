namespace Inference.Protocol.OpenAi.Responses;

/// <summary>Why a response failed.</summary>
/// <param name="Code">"server_error", "rate_limit_exceeded" or "invalid_prompt".</param>
/// <param name="Message">One line for a person.</param>
public sealed record ResponseFailure(string Code, string Message);
