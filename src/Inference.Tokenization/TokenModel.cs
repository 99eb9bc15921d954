namespace Inference.Tokenization;

/// <summary>What turns a piece of text into ids. Immutable and thread-safe.</summary>
internal abstract class TokenModel
{
    /// <summary>Appends the ids of one non-empty piece.</summary>
    public abstract void Encode(ReadOnlySpan<char> piece, List<int> ids);

    /// <summary>
    /// The length of a first part of a non-empty piece that has the same ids alone as within it, as has what follows: at least one unit.
    /// </summary>
    public virtual int IndependentLength(ReadOnlySpan<char> piece) => piece.Length;
}
