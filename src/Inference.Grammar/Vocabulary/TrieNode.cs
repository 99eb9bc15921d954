namespace Inference.Grammar.Vocabulary;

/// <summary>A node of a <see cref="TokenTrie"/>.</summary>
/// <param name="End">The node after the last one below it.</param>
/// <param name="FirstToken">Where its tokens begin; they end where those of the next node begin.</param>
/// <param name="Depth">Bytes from the root.</param>
/// <param name="Value">The byte that leads to it.</param>
/// <param name="Level">The highest <see cref="PlainText"/> level of the tokens at it and below.</param>
internal readonly record struct TrieNode(int End, int FirstToken, ushort Depth, byte Value, byte Level);
