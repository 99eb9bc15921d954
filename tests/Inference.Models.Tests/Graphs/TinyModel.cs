namespace Inference.Models.Tests.Graphs;

/// <summary>A decoder of a few hundred weights, and variations of it.</summary>
internal static class TinyModel
{
    public static DecoderSpec Spec { get; } = new()
    {
        ModelType = "llama",
        VocabularySize = 11,
        HiddenSize = 6,
        LayerCount = 2,
        MaxPositions = 5,
        Attention = new AttentionSpec { HeadCount = 4, KvHeadCount = 2, HeadSize = 2, Scale = 0.5f, Rotary = new RotarySpec { Theta = 100f } },
        Mlp = new MlpSpec { IntermediateSize = 10 },
        NormEpsilon = 1e-5f,
        TieWordEmbeddings = true,
    };

    public static DecoderSpec SpecWithEverything { get; } = Spec with
    {
        Attention = Spec.Attention with { HasQkvBias = true, HasOutputBias = true },
        Mlp = Spec.Mlp with { HasBias = true },
        TieWordEmbeddings = false,
    };

    /// <summary>The smallest sizes that int8 allows, and some that are no powers of two.</summary>
    public static DecoderSpec Int8Spec { get; } = Spec with
    {
        HiddenSize = 192,
        Attention = Spec.Attention with { HeadSize = 32 },
        Mlp = new MlpSpec { IntermediateSize = 128 },
    };

    /// <summary>Every weight that the spec calls for; <paramref name="scatter"/> as for <see cref="FakeWeightSource"/>.</summary>
    public static FakeWeightSource Weights(DecoderSpec spec, bool scatter = false)
    {
        var weights = new FakeWeightSource(scatter);
        var (hidden, queries) = (spec.HiddenSize, spec.Attention.HeadCount * spec.Attention.HeadSize);
        var (keys, wide) = (spec.Attention.KvHeadCount * spec.Attention.HeadSize, spec.Mlp.IntermediateSize);
        weights.Add(WeightNames.Embedding, spec.VocabularySize, hidden);
        weights.Add(WeightNames.FinalNorm, hidden);
        if (!spec.TieWordEmbeddings)
        {
            weights.Add(WeightNames.Head, spec.VocabularySize, hidden);
        }
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            weights.Add(WeightNames.InputNorm(layer), hidden);
            weights.Add(WeightNames.PostAttentionNorm(layer), hidden);
            AddLinear(WeightNames.Query(layer), queries, hidden, spec.Attention.HasQkvBias);
            AddLinear(WeightNames.Key(layer), keys, hidden, spec.Attention.HasQkvBias);
            AddLinear(WeightNames.Value(layer), keys, hidden, spec.Attention.HasQkvBias);
            AddLinear(WeightNames.Output(layer), hidden, queries, spec.Attention.HasOutputBias);
            AddLinear(WeightNames.Gate(layer), wide, hidden, spec.Mlp.HasBias);
            AddLinear(WeightNames.Up(layer), wide, hidden, spec.Mlp.HasBias);
            AddLinear(WeightNames.Down(layer), hidden, wide, spec.Mlp.HasBias);
        }
        return weights;

        void AddLinear(string name, long rows, long columns, bool hasBias)
        {
            weights.Add(name, rows, columns);
            if (hasBias)
            {
                weights.Add(WeightNames.BiasOf(name), rows);
            }
        }
    }
}
