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
        var weight = weights.Matrix(
            spec.TieWordEmbeddings ? WeightNames.Embedding : WeightNames.Head, spec.VocabularySize, spec.HiddenSize);
        string[] inputs = [input, weight];
        if (spec.Head.HasBias)
        {
            inputs = [.. inputs, weights.Vector(WeightNames.BiasOf(WeightNames.Head), spec.VocabularySize)];
        }

        EmitLogits(inputs, spec.Head);
        graph.Output(GraphContract.Logits, DataType.Float, "num_logits", spec.VocabularySize);
    }

    /// <summary>The product, then multiplied and capped as the spec has it; the last node has the output's name.</summary>
    private void EmitLogits(string[] inputs, HeadSpec head)
    {
        const string Product = "logits_product";
        var (isScaled, isCapped) = (head.Multiplier != 1, head.Softcap > 0);
        var product = graph.Node(
            isScaled || isCapped ? Product : GraphContract.Logits, Operator.Gemm, inputs, OnnxAttribute.Int("transB", 1));
        if (isCapped)
        {
            var shrunk = graph.Multiply(Product + ".shrunk", product, head.Multiplier / head.Softcap);
            graph.Multiply(GraphContract.Logits, graph.Node(Product + ".tanh", Operator.Tanh, [shrunk]), head.Softcap);
        }
        else if (isScaled)
        {
            graph.Multiply(GraphContract.Logits, product, head.Multiplier);
        }
    }

    private static string ConstantName(LinearLayer layer, ImmutableArray<WeightPart> parts, string suffix) =>
        parts.Length == 1 ? parts[0].Name : layer.Name + suffix;
}
