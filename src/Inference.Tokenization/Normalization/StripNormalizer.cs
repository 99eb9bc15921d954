namespace Inference.Tokenization.Normalization;

/// <summary>Removes white space at the text's ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override string Normalize(string text)
    {
        string result = left ? text.TrimStart() : text;
        return right ? result.TrimEnd() : result;
    }
}
