namespace Inference.Models.Graphs;

/// <summary>Emits MLPs: a gated one has one product for gate and up together.</summary>
internal sealed class MlpEmitter(GraphBuilder graph, LinearEmitter linear, MlpSpec spec)
{
    /// <summary>Gives back FLOAT [rows, hidden].</summary>
    /// <param name="layer">Whose weights.</param>
    /// <param name="input">FLOAT [rows, hidden].</param>
    public string Emit(Projections layer, string input)
    {
        var activated = spec.IsPlain
            ? Activate(layer.Activation, linear.Emit(input, layer.Up))
            : Gate(layer.Activation, linear.Emit(input, layer.GateUp));
        return linear.Emit(activated, layer.Down);
    }

    private string Gate(string name, string gateUp)
    {
        if (spec.Activation == Activation.Silu)
        {
            return graph.Node(name, Operator.SwiGlu, [gateUp]);
        }

        var (gate, up) = (name + ".gate", name + ".up");
        graph.Node(name + ".split", Operator.Split, [gateUp], [gate, up], OnnxAttribute.Int("axis", -1), OnnxAttribute.Int("num_outputs", 2));
        return graph.Node(name, Operator.Mul, [Activate(name + ".gated", gate), up]);
    }

    private string Activate(string name, string input) => spec.Activation switch
    {
        Activation.Silu => graph.Node(name, Operator.Mul, [input, graph.Node(name + ".sigmoid", Operator.Sigmoid, [input])]),
        Activation.Gelu => graph.Node(name, Operator.Gelu, [input]),
        Activation.GeluTanh => graph.Node(name, Operator.Gelu, [input], OnnxAttribute.String("approximate", "tanh")),
        Activation.Relu => graph.Node(name, Operator.Relu, [input]),
        Activation.ReluSquared => Square(name, graph.Node(name + ".relu", Operator.Relu, [input])),
        _ => throw new ArgumentOutOfRangeException(nameof(input), spec.Activation, "is no activation"),
    };

    private string Square(string name, string input) => graph.Node(name, Operator.Mul, [input, input]);
}
