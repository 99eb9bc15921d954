namespace Inference.Protocol.OpenAi;

/// <summary>A piece of a prompt: text or token ids, never both.</summary>
/// <param name="Text">The text, or null.</param>
/// <param name="TokenIds">The token ids as sent (not checked against a vocabulary), or null.</param>
public readonly record struct PromptPart(string? Text, int[]? TokenIds);
