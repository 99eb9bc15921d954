namespace Inference.Tokenization.PreTokenization;

/// <summary>Splits text into the pieces that the model tokenizes on their own. Immutable and thread-safe.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Appends the parts of a non-empty piece, in order and without empty ones.</summary>
    public abstract void Split(Piece piece, List<Piece> parts);
}
