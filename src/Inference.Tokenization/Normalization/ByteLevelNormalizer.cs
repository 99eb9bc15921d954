namespace Inference.Tokenization.Normalization;

/// <summary>Spells the text's UTF-8 bytes in the byte-level alphabet.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override string Normalize(string text) => ByteAlphabet.Spell(text);
}
