using Inference.Models.Graphs.Onnx;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs;

/// <summary>Puts one node in the place of the product with the head and the arg max behind it: <see cref="GraphContract.ProductArgMax"/>.</summary>
internal static class FusedHead
{
    /// <summary>Fuses where a graph with packed products has just these nodes; elsewhere it stays as it is.</summary>
    public static void Fuse(GraphProto graph)
    {
        if (graph.Node.FirstOrDefault(node => node.OpType == GraphContract.ArgMaxRows) is not { } argMax
            || graph.Node.FirstOrDefault(node => node.Output.Contains(argMax.Input[0])) is not { OpType: GraphContract.PackedMatMulInteger } product
            || graph.Node.Any(node => node != argMax && node.Input.Contains(product.Output[0])))
        {
            return;
        }

        graph.Input.Add(Wanted());
        graph.Node[graph.Node.IndexOf(argMax)] = new NodeProto
        {
            Name = argMax.Name,
            Domain = GraphContract.Domain,
            OpType = GraphContract.ProductArgMax,
            Input = { product.Input[0], product.Input[1], argMax.Input[1], GraphContract.LogitsWanted },
            Output = { product.Output[0], argMax.Output[0] },
        };
        graph.Node.Remove(product);

        // These rows need no longer be as many as those of the other outputs.
        if (graph.Output.FirstOrDefault(output => output.Name == product.Output[0]) is { } sums)
        {
            sums.Type.TensorType.Shape.Dim[0].DimParam = "num_wanted";
        }
    }

    private static ValueInfoProto Wanted() => new()
    {
        Name = GraphContract.LogitsWanted,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)DataType.Int64,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 1 } } },
            },
        },
    };
}
