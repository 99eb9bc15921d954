using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.Normalization;

/// <summary>Replaces what a literal or a pattern matches by a fixed text.</summary>
internal sealed class ReplaceNormalizer(TextReplacer replacer) : Normalizer
{
    public override string Normalize(string text) => replacer.Replace(text);
}
