namespace Inference.Tokenization.Normalization;

/// <summary>A change to the text before it is split. Immutable and thread-safe; the text is well-formed UTF-16.</summary>
internal abstract class Normalizer
{
    public abstract string Normalize(string text);
}
