namespace Inference.Tokenization.Patterns;

/// <summary>A pattern cannot be read; the message says what is wrong and where.</summary>
internal sealed class PatternException(string message) : Exception(message);
