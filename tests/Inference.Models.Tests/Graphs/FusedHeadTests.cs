using Inference.Models.Graphs;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Tests.Graphs;

public sealed class FusedHeadTests
{
    [Fact]
    public void Fuse_ProductAndArgMax_LeavesOneNodeThatIsToldWhatIsWanted()
    {
        var graph = Head();

        FusedHead.Fuse(graph);

        var head = Assert.Single(graph.Node);
        Assert.Equal(GraphContract.ProductArgMax, head.OpType);
        Assert.Equal(["x", "w", "s", GraphContract.LogitsWanted], head.Input);
        Assert.Equal([GraphContract.LogitsAccumulators, GraphContract.LogitsArgMax], head.Output);
        Assert.Equal(GraphContract.LogitsWanted, Assert.Single(graph.Input).Name);
        Assert.NotEqual("num_logits", graph.Output[0].Type.TensorType.Shape.Dim[0].DimParam);
    }

    [Fact]
    public void Fuse_SomebodyElseNeedsTheProduct_LeavesBothAlone()
    {
        var graph = Head();
        graph.Node.Add(new NodeProto { OpType = "Cast", Input = { GraphContract.LogitsAccumulators }, Output = { "other" } });
        var before = graph.Clone();

        FusedHead.Fuse(graph);

        Assert.Equal(before, graph);
    }

    [Fact]
    public void Fuse_FloatModel_IsLeftAlone()
    {
        var graph = new GraphProto { Node = { new NodeProto { OpType = "MatMul", Input = { "x", "w" }, Output = { "logits" } } } };
        var before = graph.Clone();

        FusedHead.Fuse(graph);

        Assert.Equal(before, graph);
    }

    private static GraphProto Head() => new()
    {
        Node =
        {
            new NodeProto { OpType = GraphContract.PackedMatMulInteger, Input = { "x", "w" }, Output = { GraphContract.LogitsAccumulators } },
            new NodeProto { OpType = GraphContract.ArgMaxRows, Input = { GraphContract.LogitsAccumulators, "s" }, Output = { GraphContract.LogitsArgMax } },
        },
        Output = { Output(GraphContract.LogitsAccumulators), Output(GraphContract.LogitsArgMax) },
    };

    private static ValueInfoProto Output(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "num_logits" } } },
            },
        },
    };
}
