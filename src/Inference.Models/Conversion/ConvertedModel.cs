using System.Runtime.InteropServices;

namespace Inference.Models.Conversion;

/// <summary>A model that ONNX Runtime can load.</summary>
/// <param name="ModelPath">The graph; its weights lie beside it.</param>
/// <param name="Spec">What it computes, with <see cref="DecoderSpec.MaxPositions"/> as converted: the rotary tables end there.</param>
/// <param name="DType">In which numbers it computes, which decides the form of the graph: see <see cref="Graphs.GraphContract"/>.</param>
/// <param name="KvCacheDType">In which numbers it keeps keys and values, which decides the graph's cache inputs.</param>
public sealed record ConvertedModel(string ModelPath, DecoderSpec Spec, ModelDType DType, KvCacheDType KvCacheDType)
{
    /// <summary>Whether its graph has <see cref="Graphs.GraphContract.LoraDelta"/>.</summary>
    public bool TakesAdapters { get; init; }

    /// <summary>
    /// Reads the scales of the head's outputs, FLOAT [vocabulary], by which the accumulators of a model in <see cref="ModelDType.Int8"/>
    /// become logits.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model computes in other numbers.</exception>
    /// <exception cref="ModelFormatException">The file cannot be read, or has another length.</exception>
    public float[] ReadHeadScales()
    {
        if (DType != ModelDType.Int8)
        {
            throw new InvalidOperationException($"A model in {DType} has no head scales.");
        }

        var path = Path.Combine(Path.GetDirectoryName(ModelPath)!, ModelWriter.HeadScalesFile);
        try
        {
            var scales = new float[Spec.VocabularySize];
            var bytes = MemoryMarshal.AsBytes(scales.AsSpan());
            using var file = File.OpenRead(path);
            if (file.Length != bytes.Length)
            {
                throw new ModelFormatException($"'{path}' has {file.Length} bytes; {bytes.Length} are needed");
            }

            file.ReadExactly(bytes);
            return scales;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"cannot read '{path}': {exception.Message}", exception);
        }
    }
}
