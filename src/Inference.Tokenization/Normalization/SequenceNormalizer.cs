namespace Inference.Tokenization.Normalization;

/// <summary>Several normalizers, one after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> parts) : Normalizer
{
    public override string Normalize(string text) => parts.Aggregate(text, static (current, part) => part.Normalize(current));
}
