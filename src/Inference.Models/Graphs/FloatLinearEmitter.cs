using System.Collections.Immutable;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs;

/// <summary>Emits projections in single precision.</summary>
internal sealed class FloatLinearEmitter(GraphBuilder graph, WeightInitializers weights) : LinearEmitter
{
    public override string Emit(string input, LinearLayer layer)
    {
        var weight = weights.Matrix(ConstantName(layer, layer.Parts, ".weight"), layer.Parts, layer.InputSize);
        string[] inputs = [input, weight];
        if (layer.HasBias)
        {
            inputs = [.. inputs, weights.Vector(ConstantName(layer, layer.Biases, ".bias"), layer.Biases)];
        }
        return graph.Node(layer.Name, Operator.Gemm, inputs, OnnxAttribute.Int("transB", 1));
    }

    public override void EmitHead(string input, DecoderSpec spec)
    {
        var weight = spec.TieWordEmbeddings ? WeightNames.Embedding : WeightNames.Head;
        var logits = Emit(
            input, new LinearLayer(GraphContract.Logits, spec.HiddenSize, [new(weight, spec.VocabularySize)], HasBias: false));
        graph.Output(logits, DataType.Float, "num_logits", spec.VocabularySize);
    }

    private static string ConstantName(LinearLayer layer, ImmutableArray<WeightPart> parts, string suffix) =>
        parts.Length == 1 ? parts[0].Name : layer.Name + suffix;
}
