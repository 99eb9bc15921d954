namespace Inference.Protocol.OpenAi;

/// <summary>The answer of POST /tokenize.</summary>
/// <param name="Count">How many tokens there are.</param>
/// <param name="MaxModelLen">The most tokens of one request.</param>
/// <param name="Tokens">Their ids.</param>
/// <param name="TokenStrs">Their spelling in the vocabulary; null unless asked for.</param>
public sealed record TokenizeResponse(int Count, int MaxModelLen, ReadOnlyMemory<int> Tokens, IReadOnlyList<string>? TokenStrs);
