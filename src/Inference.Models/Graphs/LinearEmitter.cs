using System.Collections.Immutable;

namespace Inference.Models.Graphs;

/// <summary>
/// Emits projections in single precision. The one place that decides in which form a projection's weights are stored and multiplied.
/// </summary>
internal sealed class LinearEmitter(GraphBuilder graph, WeightInitializers weights)
{
    /// <summary>Gives back the name of the output [rows of the input, sum of the parts' sizes].</summary>
    public string Emit(string input, LinearLayer layer)
    {
        var weight = weights.Matrix(ConstantName(layer, layer.Parts, ".weight"), layer.Parts, layer.InputSize);
        string[] inputs = [input, weight];
        if (layer.HasBias)
        {
            ImmutableArray<WeightPart> biases = [.. layer.Parts.Select(part => part with { Name = WeightNames.BiasOf(part.Name) })];
            inputs = [.. inputs, weights.Vector(ConstantName(layer, biases, ".bias"), biases)];
        }
        return graph.Node(layer.Name, Operator.Gemm, inputs, OnnxAttribute.Int("transB", 1));
    }

    private static string ConstantName(LinearLayer layer, ImmutableArray<WeightPart> parts, string suffix) =>
        parts.Length == 1 ? parts[0].Name : layer.Name + suffix;
}
