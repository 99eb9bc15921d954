using System.Collections.Immutable;

namespace Inference.Models.Checkpoints;

/// <summary>The tensors that a decoder consists of, with their shapes.</summary>
internal static class RequiredWeights
{
    /// <summary>All of them, from the embedding to the head.</summary>
    public static IEnumerable<(string Name, ImmutableArray<long> Shape)> Of(DecoderSpec spec)
    {
        yield return (WeightNames.Embedding, [spec.VocabularySize, spec.HiddenSize]);
        if (spec.Embedding.LearnedPositions > 0)
        {
            yield return (WeightNames.Positions, [spec.Embedding.LearnedPositions, spec.HiddenSize]);
        }

        foreach (var weight in spec.Embedding.HasNorm ? Norm(spec, WeightNames.EmbeddingNorm) : [])
        {
            yield return weight;
        }

        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            foreach (var weight in OfLayer(spec, layer))
            {
                yield return weight;
            }
        }

        foreach (var weight in Norm(spec, WeightNames.FinalNorm))
        {
            yield return weight;
        }

        if (!spec.TieWordEmbeddings)
        {
            yield return (WeightNames.Head, [spec.VocabularySize, spec.HiddenSize]);
        }

        if (spec.Head.HasBias)
        {
            yield return (WeightNames.BiasOf(WeightNames.Head), [spec.VocabularySize]);
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
            .. NormNames(spec, layer).SelectMany(name => Norm(spec, name)),
            .. Projection(WeightNames.Query(layer), queryRows, hidden, attention.HasQkvBias),
            .. Projection(WeightNames.Key(layer), keyRows, hidden, attention.HasQkvBias),
            .. Projection(WeightNames.Value(layer), keyRows, hidden, attention.HasQkvBias),
            .. QueryKeyNorms(attention, layer),
            .. Projection(WeightNames.Output(layer), hidden, queryRows, attention.HasOutputBias),
            .. spec.Mlp.IsPlain ? [] : Projection(WeightNames.Gate(layer), intermediate, hidden, spec.Mlp.HasBias),
            .. Projection(WeightNames.Up(layer), intermediate, hidden, spec.Mlp.HasBias),
            .. Projection(WeightNames.Down(layer), hidden, intermediate, spec.Mlp.HasBias),
        ];
    }

    /// <summary>The norms of a layer's attention and MLP.</summary>
    private static IEnumerable<string> NormNames(DecoderSpec spec, int layer)
    {
        if (spec.Norm.Placement != NormPlacement.After)
        {
            yield return WeightNames.InputNorm(layer);
            if (spec.Residual != ResidualKind.ParallelOneNorm)
            {
                yield return WeightNames.PostAttentionNorm(layer);
            }
        }

        if (spec.Norm.Placement != NormPlacement.Before)
        {
            yield return WeightNames.AttentionOutputNorm(layer);
            yield return WeightNames.MlpOutputNorm(layer);
        }
    }

    private static IEnumerable<(string Name, ImmutableArray<long> Shape)> Norm(DecoderSpec spec, string name)
    {
        yield return (name, [spec.HiddenSize]);
        if (spec.Norm.HasBias)
        {
            yield return (WeightNames.BiasOf(name), [spec.HiddenSize]);
        }
    }

    private static IEnumerable<(string Name, ImmutableArray<long> Shape)> QueryKeyNorms(AttentionSpec attention, int layer)
    {
        var (queryHeads, keyHeads) = attention.QkNorm == QkNorm.AllHeads ? (attention.HeadCount, attention.KvHeadCount) : (1, 1);
        return attention.QkNorm == QkNorm.None
            ? []
            :
            [
                (WeightNames.QueryNorm(layer), [(long)queryHeads * attention.HeadSize]),
                (WeightNames.KeyNorm(layer), [(long)keyHeads * attention.HeadSize]),
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
