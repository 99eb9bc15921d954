namespace Inference.Tokenization.SentencePiece;

/// <summary>A piece of a sentencepiece vocabulary, in which its id is its place.</summary>
internal readonly record struct ScoredPiece(string Text, float Score, PieceType Type);
