namespace Inference.Protocol.OpenAi;

/// <summary>The answer of POST /detokenize.</summary>
/// <param name="Prompt">The tokens' text.</param>
public sealed record DetokenizeResponse(string Prompt);
