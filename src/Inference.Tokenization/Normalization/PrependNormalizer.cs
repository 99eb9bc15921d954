namespace Inference.Tokenization.Normalization;

/// <summary>Puts a text before every non-empty text.</summary>
internal sealed class PrependNormalizer(string prepended) : Normalizer
{
    public override string Normalize(string text) => text.Length == 0 ? text : prepended + text;
}
