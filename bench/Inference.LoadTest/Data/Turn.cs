using System.Collections.Immutable;

namespace Inference.LoadTest.Data;

/// <summary>What a user says.</summary>
/// <param name="Text">As text; null if it is <paramref name="TokenIds"/>.</param>
/// <param name="TokenIds">As token ids: the whole prompt of a conversation with one turn.</param>
/// <param name="InputTokens">Tokens that it adds, as far as the data set knows.</param>
/// <param name="OutputTokens">Tokens to generate; 0 leaves that to the server.</param>
internal sealed record Turn(string? Text, ImmutableArray<int>? TokenIds, int InputTokens, int OutputTokens);
