using Inference.Models.Rotation;

namespace Inference.Models.Graphs.Int8;

/// <summary>Emits projections of 8-bit rows by 8-bit weights.</summary>
internal sealed class Int8LinearEmitter(GraphBuilder graph, RotatedWeights weights)
{
    private readonly string _zeroPoint = graph.Scalar("activation_zero_point", GraphContract.ZeroPoint);

    /// <summary>Gives back the output [rows of the input, sum of the parts' sizes].</summary>
    /// <param name="input">The rows.</param>
    /// <param name="layer">Has no biases.</param>
    /// <param name="scalesFile">Where the weights' scales go, if not to the weights.</param>
    public Accumulators Emit(QuantizedRows input, LinearLayer layer, string? scalesFile = null)
    {
        var matrix = new QuantizedMatrix(weights, layer.Parts, layer.InputSize, transpose: true);
        var weight = graph.Initializer(layer.Name + ".weight", matrix.Values);
        var scales = graph.Initializer(layer.Name + ".weight_scales", matrix.Scales, scalesFile);
        graph.Node(layer.Name, Operator.MatMulInteger, [input.Name, weight, _zeroPoint]);
        return new Accumulators(layer.Name, input.Scales, scales);
    }
}
