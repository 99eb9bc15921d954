using System.Collections.Immutable;
using Inference.Models;

namespace Inference.Execution.Tests.Models;

/// <summary>Every weight that a spec calls for, made up: matrices that keep the size of what goes through them, norms around 1.</summary>
internal sealed class SyntheticWeights : WeightSource
{
    private readonly Dictionary<string, (ImmutableArray<long> Shape, float[] Values)> _tensors = [];

    public SyntheticWeights(DecoderSpec spec, int seed)
    {
        var random = new Random(seed);
        var (hidden, wide) = (spec.HiddenSize, spec.Mlp.IntermediateSize);
        var (queries, keys) = (spec.Attention.HeadCount * spec.Attention.HeadSize, spec.Attention.KvHeadCount * spec.Attention.HeadSize);
        Matrix(WeightNames.Embedding, spec.VocabularySize, hidden, bias: false);
        Vector(WeightNames.FinalNorm, hidden, 1);
        if (!spec.TieWordEmbeddings)
        {
            Matrix(WeightNames.Head, spec.VocabularySize, hidden, bias: false);
        }

        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            Vector(WeightNames.InputNorm(layer), hidden, 1);
            Vector(WeightNames.PostAttentionNorm(layer), hidden, 1);
            Matrix(WeightNames.Query(layer), queries, hidden, spec.Attention.HasQkvBias);
            Matrix(WeightNames.Key(layer), keys, hidden, spec.Attention.HasQkvBias);
            Matrix(WeightNames.Value(layer), keys, hidden, spec.Attention.HasQkvBias);
            Matrix(WeightNames.Output(layer), hidden, queries, spec.Attention.HasOutputBias);
            Matrix(WeightNames.Gate(layer), wide, hidden, spec.Mlp.HasBias);
            Matrix(WeightNames.Up(layer), wide, hidden, spec.Mlp.HasBias);
            Matrix(WeightNames.Down(layer), hidden, wide, spec.Mlp.HasBias);
        }

        void Matrix(string name, int rows, int columns, bool bias)
        {
            _tensors[name] = ([rows, columns], Values(rows * columns, 0, 2 / MathF.Sqrt(columns)));
            if (bias)
            {
                Vector(WeightNames.BiasOf(name), rows, 0);
            }
        }

        void Vector(string name, int length, float middle) => _tensors[name] = ([length], Values(length, middle, 0.5f));

        float[] Values(int count, float middle, float range) =>
            [.. Enumerable.Range(0, count).Select(_ => middle + (random.NextSingle() * 2 - 1) * range)];
    }

    public override IEnumerable<string> Names => _tensors.Keys;

    public override bool TryGetShape(string name, out ImmutableArray<long> shape)
    {
        var found = _tensors.TryGetValue(name, out var tensor);
        shape = found ? tensor.Shape : [];
        return found;
    }

    public override void ReadRows(string name, long firstRow, Span<float> destination)
    {
        var (shape, values) = _tensors[name];
        values.AsSpan((int)(firstRow * shape[^1]), destination.Length).CopyTo(destination);
    }
}
