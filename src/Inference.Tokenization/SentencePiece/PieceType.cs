namespace Inference.Tokenization.SentencePiece;

/// <summary>What a piece is for; the numbers are those of sentencepiece_model.proto and of GGUF's token types.</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}
