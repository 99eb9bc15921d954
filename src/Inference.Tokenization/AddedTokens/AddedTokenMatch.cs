namespace Inference.Tokenization.AddedTokens;

/// <summary>An added token's place in a text. <paramref name="Resume"/>: where the token itself ends and the search goes on.</summary>
internal readonly record struct AddedTokenMatch(int Id, int Start, int End, int Resume);
