namespace Inference.Protocol.OpenAi;

/// <summary>One prompt: text or token ids, never both.</summary>
/// <param name="Text">The text, or null.</param>
/// <param name="TokenIds">The token ids as sent (not checked against a vocabulary), or null.</param>
public readonly record struct PromptItem(string? Text, int[]? TokenIds);
