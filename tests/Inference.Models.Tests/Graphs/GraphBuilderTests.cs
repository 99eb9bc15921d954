using Inference.Models.Graphs;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Tests.Graphs;

public sealed class GraphBuilderTests
{
    private readonly GraphBuilder _graph = new("test", "weights.bin");

    [Fact]
    public void Initializer_SmallThenLarge_AlignsToCacheLinesThenPages()
    {
        // 12 bytes, 64 KiB, 64 KiB - 4, 4 bytes.
        var weights = new FakeWeightSource();
        foreach (var (name, length) in (ReadOnlySpan<(string, int)>)[("a", 3), ("b", 16384), ("c", 16383), ("d", 1)])
        {
            weights.Add(name, length);
            _graph.Initializer(name, new JoinedVectors(weights, [new(name, length)]));
        }

        var built = _graph.Build(1);

        Assert.Equal([0, 4096, 69632, 135168], built.Tensors.Select(tensor => tensor.Offset));
        Assert.Equal(135172, built.WeightsLength);
    }

    [Fact]
    public void Node_UndefinedInput_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() => _graph.Node("y", Operator.SwiGlu, ["x"]));

        Assert.Equal("value 'x' is used before it is defined", exception.Message);
    }

    [Fact]
    public void Node_NameTaken_IsRefused()
    {
        _graph.Input("x", DataType.Float, "rows", 4);

        var exception = Assert.Throws<ArgumentException>(() => _graph.Node("x", Operator.SwiGlu, ["x"]));

        Assert.Equal("value 'x' is defined twice", exception.Message);
    }

    [Fact]
    public void Build_OneDomain_ImportsNoOther()
    {
        _graph.Input("x", DataType.Float, "rows", 4);
        _graph.Node("y", Operator.SwiGlu, ["x"]);

        var model = _graph.Build(1).Model;

        Assert.Equal([("", 21L), (GraphContract.Domain, 1L)], model.OpsetImport.Select(opset => (opset.Domain, opset.Version)));
    }
}
