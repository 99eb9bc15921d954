namespace Inference.Tokenization;

/// <summary>What turns a piece of text into ids. Immutable and thread-safe.</summary>
internal abstract class TokenModel
{
    /// <summary>Appends the ids of one non-empty piece.</summary>
    public abstract void Encode(ReadOnlySpan<char> piece, List<int> ids);
}
