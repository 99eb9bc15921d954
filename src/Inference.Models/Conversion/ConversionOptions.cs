namespace Inference.Models.Conversion;

/// <summary>How to convert a model.</summary>
public sealed record ConversionOptions
{
    /// <summary>In which numbers the converted model computes.</summary>
    public ModelDType DType { get; init; }

    /// <summary>In which numbers it keeps keys and values; null for <see cref="Int8Support.DefaultCache"/>.</summary>
    public KvCacheDType? KvCacheDType { get; init; }

    /// <summary>Whether adapters can change the converted model's projections (LoRA).</summary>
    public bool TakesAdapters { get; init; }

    /// <summary>
    /// Longest sequence, in tokens, that the converted model can run; cuts <see cref="DecoderSpec.MaxPositions"/>, never raises it. At
    /// least 1; null for the model's own. Each value makes a conversion of its own: a limit that changes from start to start is better kept
    /// by the server.
    /// </summary>
    public int? MaxPositions { get; init; }
}
