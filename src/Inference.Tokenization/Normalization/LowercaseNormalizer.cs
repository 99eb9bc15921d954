namespace Inference.Tokenization.Normalization;

/// <summary>Lower case, code point by code point (no context, so a final sigma is an ordinary one).</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    // The one code point whose full lower case is longer than its simple one (SpecialCasing.txt).
    private const string DottedCapitalI = "\u0130";

    public override string Normalize(string text) =>
        text.Replace(DottedCapitalI, "i\u0307", StringComparison.Ordinal).ToLowerInvariant();
}
