using Inference.Models.Graphs;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Tests.Graphs;

public sealed class FusedLayersTests
{
    [Fact]
    public void Fuse_TwoLayers_LeavesOneNodeBehindEachAttention()
    {
        var graph = TwoLayers();

        FusedLayers.Fuse(graph);

        Assert.Equal(
            ["attention", GraphContract.BetweenAttentions, "attention", GraphContract.AfterLastAttention],
            graph.Node.Select(node => node.OpType));
        var (between, last) = (graph.Node[1], graph.Node[3]);
        Assert.Equal(["r", "y0", "ys0", "o0.w", "o0.s", "gu0.w", "gu0.s", "d0.w", "d0.s", "qkv1.w"], between.Input);
        Assert.Equal(["n0b.r", "qkv1", "n0b.s"], between.Output);
        Assert.Equal(["n0b.r", "y1", "ys1", "o1.w", "o1.s", "gu1.w", "gu1.s", "d1.w", "d1.s", GraphContract.LogitsIndices], last.Input);
        Assert.Equal(["x", GraphContract.LogitsScales], last.Output);
        Assert.All(new[] { between, last }, node => Assert.Equal(
            [GraphContract.Epsilon, GraphContract.Hadamard], node.Attribute.Select(attribute => attribute.Name)));
    }

    [Theory]
    [InlineData("o0")]
    [InlineData("n0a.r")]
    [InlineData("n0a.s")]
    [InlineData("z0")]
    [InlineData("d0")]
    [InlineData("n0b.x")]
    public void Fuse_SomebodyElseNeedsAnInnerTensor_LeavesTheLayerAlone(string tensor)
    {
        foreach (var isOutput in new[] { false, true })
        {
            var graph = TwoLayers();
            if (isOutput)
            {
                graph.Output.Add(new ValueInfoProto { Name = tensor });
            }
            else
            {
                graph.Node.Add(new NodeProto { OpType = "other", Input = { tensor }, Output = { "other" } });
            }

            FusedLayers.Fuse(graph);

            Assert.DoesNotContain(graph.Node, node => node.OpType == GraphContract.BetweenAttentions);
            Assert.Contains(graph.Node, node => node.OpType == GraphContract.AfterLastAttention);
        }
    }

    [Fact]
    public void Fuse_NormsDiffer_LeavesTheLayerAlone()
    {
        var graph = TwoLayers();
        graph.Node[2].Attribute[0].F = 0.5f;

        FusedLayers.Fuse(graph);

        Assert.DoesNotContain(graph.Node, node => node.OpType == GraphContract.BetweenAttentions);
    }

    private static GraphProto TwoLayers()
    {
        var graph = new GraphProto { Output = { new ValueInfoProto { Name = GraphContract.LogitsScales } } };
        Layer(graph, 0, "r");
        graph.Node.Add(Node(GraphContract.AddNormQuantize, ["n0a.r", "d0", "zs0", "d0.s"], ["n0b.r", "n0b.x", "n0b.s"]));
        graph.Node.Add(Node(GraphContract.PackedMatMulInteger, ["n0b.x", "qkv1.w"], ["qkv1"]));
        Layer(graph, 1, "n0b.r");
        graph.Node.Add(Node(
            GraphContract.GatherAddNormQuantize,
            ["n1a.r", "d1", "zs1", "d1.s", GraphContract.LogitsIndices],
            ["x", GraphContract.LogitsScales]));
        return graph;
    }

    private static void Layer(GraphProto graph, int i, string residual)
    {
        graph.Node.Add(Node("attention", [$"qkv{i}"], [$"y{i}", $"ys{i}"]));
        graph.Node.Add(Node(GraphContract.PackedMatMulInteger, [$"y{i}", $"o{i}.w"], [$"o{i}"]));
        graph.Node.Add(Node(GraphContract.AddNormQuantize, [residual, $"o{i}", $"ys{i}", $"o{i}.s"], [$"n{i}a.r", $"n{i}a.x", $"n{i}a.s"]));
        graph.Node.Add(Node(GraphContract.PackedMatMulInteger, [$"n{i}a.x", $"gu{i}.w"], [$"gu{i}"]));
        graph.Node.Add(Node(GraphContract.SwiGluQuantize, [$"gu{i}", $"n{i}a.s", $"gu{i}.s"], [$"z{i}", $"zs{i}"]));
        graph.Node.Add(Node(GraphContract.PackedMatMulInteger, [$"z{i}", $"d{i}.w"], [$"d{i}"]));
    }

    private static NodeProto Node(string type, string[] inputs, string[] outputs)
    {
        var node = new NodeProto { OpType = type, Name = outputs[0], Input = { inputs }, Output = { outputs } };
        if (type.EndsWith("AddNormQuantize", StringComparison.Ordinal))
        {
            node.Attribute.Add(new AttributeProto { Name = GraphContract.Epsilon, F = 1e-5f });
        }
        else if (type == GraphContract.SwiGluQuantize)
        {
            node.Attribute.Add(new AttributeProto { Name = GraphContract.Hadamard, I = 16 });
        }

        return node;
    }
}
