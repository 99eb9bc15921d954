namespace Inference.Models.Graphs;

/// <summary>Checks a spec, which comes from a file, before sizes are computed from it.</summary>
internal static class SpecValidator
{
    /// <summary>Far above any model's; keeps every product of two sizes within 64 bits.</summary>
    private const int MaxSize = 1 << 24;

    /// <summary>Above it the rotary tables alone would take gigabytes.</summary>
    private const int MaxPositions = 1 << 22;

    /// <exception cref="ModelFormatException">A value makes no sense; the message names it.</exception>
    public static void Validate(DecoderSpec spec)
    {
        InRange("vocabulary size", spec.VocabularySize, MaxSize);
        InRange("hidden size", spec.HiddenSize, MaxSize);
        InRange("layer count", spec.LayerCount, 1 << 16);
        InRange("intermediate size", spec.Mlp.IntermediateSize, MaxSize);
        InRange("head count", spec.Attention.HeadCount, 1 << 16);
        InRange("key and value head count", spec.Attention.KvHeadCount, spec.Attention.HeadCount);
        InRange("head size", spec.Attention.HeadSize, 1 << 16);
        InRange("maximum positions", spec.MaxPositions, MaxPositions);
        Require(spec.Attention.HeadCount % spec.Attention.KvHeadCount == 0,
            $"{spec.Attention.HeadCount} query heads are no multiple of {spec.Attention.KvHeadCount} key and value heads");
        Require((long)spec.Attention.HeadCount * spec.Attention.HeadSize <= MaxSize, "query heads times head size is too large");
        Require(spec.Attention.HeadSize % 2 == 0, $"head size {spec.Attention.HeadSize} is odd; rotary positions turn pairs");
        Positive("attention scale", spec.Attention.Scale);
        Positive("rotary theta", spec.Attention.RotaryTheta);
        Require(float.IsFinite(spec.NormEpsilon) && spec.NormEpsilon >= 0, $"norm epsilon {spec.NormEpsilon} is negative or not a number");
    }

    private static void InRange(string name, int value, int max) =>
        Require(value >= 1 && value <= max, $"{name} {value} is not between 1 and {max}");

    private static void Positive(string name, float value) =>
        Require(float.IsFinite(value) && value > 0, $"{name} {value} is not positive");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ModelFormatException($"the model's configuration is wrong: {message}");
        }
    }
}
