namespace Inference.Models.Graphs;

/// <summary>Emits norms, and the additions that ride along with them.</summary>
internal sealed class NormEmitter(GraphBuilder graph, WeightInitializers weights, DecoderSpec spec)
{
    /// <summary>The norm of a value.</summary>
    /// <param name="name">Of the node.</param>
    /// <param name="input">FLOAT [rows, hidden].</param>
    /// <param name="weight">As in <see cref="WeightNames"/>.</param>
    public string Norm(string name, string input, string weight)
    {
        string[] inputs = [input, .. Constants(weight)];
        return spec.Norm.Kind == NormKind.Rms
            ? graph.Node(name, Operator.SimplifiedLayerNormalization, inputs, Epsilon)
            : graph.Node(name, Operator.LayerNormalization, inputs, Epsilon);
    }

    /// <summary>Adds the branch to the residual, if there is one, and gives back the norm of the sum and the sum.</summary>
    public (string Normed, ResidualStream Stream) AddAndNorm(string name, ResidualStream stream, string weight)
    {
        if (stream.Branch is null)
        {
            return (Norm(name, stream.Residual, weight), stream);
        }

        var (sum, op) = (name + ".sum", spec.Norm.Kind == NormKind.Rms
            ? Operator.SkipSimplifiedLayerNormalization
            : Operator.SkipLayerNormalization);
        graph.Node(name, op, [stream.Branch, stream.Residual, .. Constants(weight)], [name, "", "", sum], Epsilon);
        return (name, new ResidualStream(sum, Branch: null));
    }

    /// <summary>Adds the branch to the residual, if there is one, where no norm follows.</summary>
    public (string Sum, ResidualStream Stream) Add(string name, ResidualStream stream)
    {
        var sum = stream.Branch is null ? stream.Residual : graph.Node(name + ".sum", Operator.Add, [stream.Branch, stream.Residual]);
        return (sum, new ResidualStream(sum, Branch: null));
    }

    private Onnx.AttributeProto Epsilon => OnnxAttribute.Float(GraphContract.Epsilon, spec.NormEpsilon);

    private string[] Constants(string weight) => spec.Norm.HasBias
        ? [weights.Vector(weight, spec.HiddenSize), weights.Vector(WeightNames.BiasOf(weight), spec.HiddenSize)]
        : [weights.Vector(weight, spec.HiddenSize)];
}
