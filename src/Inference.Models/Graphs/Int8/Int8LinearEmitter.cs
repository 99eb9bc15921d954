using Inference.Models.Rotation;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs.Int8;

/// <summary>Emits projections of 8-bit rows by 8-bit weights, and the way from floats to such rows and back.</summary>
internal sealed class Int8LinearEmitter(GraphBuilder graph, RotatedWeights weights, string headScalesFile)
{
    private readonly string _zeroPoint = graph.Scalar("activation_zero_point", GraphContract.ZeroPoint);

    /// <summary>Gives back the output [rows of the input, sum of the parts' sizes]; biases are left to <see cref="Dequantize"/>.</summary>
    public Accumulators Emit(QuantizedRows input, LinearLayer layer) => Emit(input, layer, scalesFile: null);

    /// <summary>Emits the product with the head, and the graph's outputs.</summary>
    /// <param name="input">The rows whose logits are wanted; their scales are <see cref="GraphContract.LogitsScales"/>.</param>
    /// <param name="spec">What the model computes.</param>
    public void EmitHead(QuantizedRows input, DecoderSpec spec)
    {
        var head = new LinearLayer(
            GraphContract.LogitsAccumulators, spec.HiddenSize, [new(WeightNames.Head, spec.VocabularySize)], HasBias: false);
        var logits = Emit(input, head, headScalesFile);
        graph.Node(GraphContract.LogitsArgMax, Operator.ArgMaxRows, [logits.Name, logits.ColumnScales]);
        graph.Output(GraphContract.LogitsAccumulators, DataType.Int32, "num_logits", spec.VocabularySize);
        graph.Output(GraphContract.LogitsScales, DataType.Float, "num_logits");
        graph.Output(GraphContract.LogitsArgMax, DataType.Int32, "num_logits");
    }

    /// <summary>Brings the floats that go into a projection to 8 bits, rotated as its weights are.</summary>
    public QuantizedRows Quantize(string input, LinearLayer layer) =>
        Quantize(input, new QuantizedRows(layer.Name + ".input", layer.Name + ".input.scales"), weights.OnlineBlock(layer.Parts[0].Name));

    /// <summary>Brings the floats that go into the head to 8 bits.</summary>
    public QuantizedRows QuantizeForHead(string input) =>
        Quantize(input, new QuantizedRows("logits_input", GraphContract.LogitsScales), hadamard: 1);

    /// <summary>Brings a projection's output to floats, and adds its biases if it has any.</summary>
    public string Dequantize(Accumulators output, LinearLayer layer)
    {
        string[] inputs = [output.Name, output.RowScales, output.ColumnScales];
        if (layer.HasBias)
        {
            inputs = [.. inputs, graph.Initializer(layer.Name + ".bias", new JoinedVectors(weights, layer.Biases))];
        }

        return graph.Node(layer.Name + ".dequantized", Operator.DequantizeRows, inputs);
    }

    private QuantizedRows Quantize(string input, QuantizedRows output, int hadamard)
    {
        graph.Node(
            output.Name,
            Operator.QuantizeRows,
            [input],
            [output.Name, output.Scales],
            OnnxAttribute.Int(GraphContract.Hadamard, hadamard));
        return output;
    }

    private Accumulators Emit(QuantizedRows input, LinearLayer layer, string? scalesFile)
    {
        var matrix = new QuantizedMatrix(weights, layer.Parts, layer.InputSize, transpose: true);
        var weight = graph.Initializer(layer.Name + ".weight", matrix.Values);
        var scales = graph.Initializer(layer.Name + ".weight_scales", matrix.Scales, scalesFile);
        graph.Node(layer.Name, Operator.MatMulInteger, [input.Name, weight, _zeroPoint]);
        return new Accumulators(layer.Name, input.Scales, scales);
    }
}
