using System.Collections.Immutable;

namespace Inference.Models.Checkpoints;

/// <summary>The tensors that a decoder consists of, with their shapes.</summary>
internal static class RequiredWeights
{
    /// <summary>All of them, from the embedding to the head.</summary>
    public static IEnumerable<(string Name, ImmutableArray<long> Shape)> Of(DecoderSpec spec)
    {
        yield return (WeightNames.Embedding, [spec.VocabularySize, spec.HiddenSize]);
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            foreach (var weight in OfLayer(spec, layer))
            {
                yield return weight;
            }
        }

        yield return (WeightNames.FinalNorm, [spec.HiddenSize]);
        if (!spec.TieWordEmbeddings)
        {
            yield return (WeightNames.Head, [spec.VocabularySize, spec.HiddenSize]);
        }
    }

    /// <summary>Checks that a checkpoint has a tensor in the shape expected.</summary>
    /// <exception cref="ModelFormatException">It is missing, or has another shape; the message names it.</exception>
    public static void Check(WeightSource weights, string name, ImmutableArray<long> expected)
    {
        if (!weights.TryGetShape(name, out var shape))
        {
            throw new ModelFormatException($"the checkpoint lacks tensor '{name}' (expected shape {TensorShape.Format(expected)})");
        }

        if (!shape.AsSpan().SequenceEqual(expected.AsSpan()))
        {
            throw new ModelFormatException(
                $"tensor '{name}' has shape {TensorShape.Format(shape)}; the configuration makes it {TensorShape.Format(expected)}");
        }
    }

    private static IEnumerable<(string Name, ImmutableArray<long> Shape)> OfLayer(DecoderSpec spec, int layer)
    {
        var attention = spec.Attention;
        long hidden = spec.HiddenSize;
        long intermediate = spec.Mlp.IntermediateSize;
        var queryRows = (long)attention.HeadCount * attention.HeadSize;
        var keyRows = (long)attention.KvHeadCount * attention.HeadSize;
        return
        [
            (WeightNames.InputNorm(layer), [hidden]),
            .. Projection(WeightNames.Query(layer), queryRows, hidden, attention.HasQkvBias),
            .. Projection(WeightNames.Key(layer), keyRows, hidden, attention.HasQkvBias),
            .. Projection(WeightNames.Value(layer), keyRows, hidden, attention.HasQkvBias),
            .. Projection(WeightNames.Output(layer), hidden, queryRows, attention.HasOutputBias),
            (WeightNames.PostAttentionNorm(layer), [hidden]),
            .. Projection(WeightNames.Gate(layer), intermediate, hidden, spec.Mlp.HasBias),
            .. Projection(WeightNames.Up(layer), intermediate, hidden, spec.Mlp.HasBias),
            .. Projection(WeightNames.Down(layer), hidden, intermediate, spec.Mlp.HasBias),
        ];
    }

    private static IEnumerable<(string Name, ImmutableArray<long> Shape)> Projection(string name, long rows, long columns, bool hasBias)
    {
        yield return (name, [rows, columns]);
        if (hasBias)
        {
            yield return (WeightNames.BiasOf(name), [rows]);
        }
    }
}
