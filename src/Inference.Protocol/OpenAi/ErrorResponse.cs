namespace Inference.Protocol.OpenAi;

/// <summary>The body of every answer that is an error.</summary>
/// <param name="Error">What went wrong.</param>
public sealed record ErrorResponse(ErrorBody Error);
