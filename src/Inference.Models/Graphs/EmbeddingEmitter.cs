namespace Inference.Models.Graphs;

/// <summary>Emits the way from tokens to the first layer: look up, multiply, add learned positions, norm.</summary>
internal sealed class EmbeddingEmitter(GraphBuilder graph, WeightInitializers weights, NormEmitter norms, DecoderSpec spec)
{
    private const string Name = "model.embed_tokens";

    /// <summary>Gives back FLOAT [num_tokens, hidden].</summary>
    public string Emit()
    {
        var embedding = weights.Matrix(WeightNames.Embedding, spec.VocabularySize, spec.HiddenSize);
        var embedded = graph.Node(Name, Operator.Gather, [embedding, GraphContract.InputIds]);
        if (spec.Embedding.Multiplier != 1)
        {
            embedded = graph.Multiply(Name + ".scaled", embedded, spec.Embedding.Multiplier);
        }

        if (spec.Embedding.LearnedPositions > 0)
        {
            embedded = graph.Node(Name + ".positioned", Operator.Add, [embedded, Positions()]);
        }

        return spec.Embedding.HasNorm ? norms.Norm("model.embed_norm", embedded, WeightNames.EmbeddingNorm) : embedded;
    }

    private string Positions()
    {
        var table = weights.Matrix(WeightNames.Positions, spec.Embedding.LearnedPositions, spec.HiddenSize);
        var positions = graph.Node(
            "position_ids",
            Operator.PositionIds,
            [GraphContract.InputIds, GraphContract.CumulativeSequenceLengths, GraphContract.PastSequenceLengths]);
        return graph.Node("model.embed_positions", Operator.Gather, [table, positions]);
    }
}
