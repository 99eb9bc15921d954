using Inference.Models.Graphs.Onnx;
using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Benchmarks.Floor;

/// <summary>
/// The floor of a step: a converted model's graph of which only the MatMulInteger nodes are left, with the same weights and the same rows.
/// What a step takes beyond it is everything else that we do.
/// </summary>
internal static class FloorGraph
{
    /// <summary>Rows of the head's product; those of all others are <see cref="Rows"/>.</summary>
    public static string HeadRows(long width) => $"head_rows.{width}";

    /// <summary>Activations UINT8 [rows, width] of every product that takes so wide ones.</summary>
    public static string Rows(long width) => $"rows.{width}";

    /// <summary>Makes the graph; its weights stay in the model's own files.</summary>
    /// <param name="modelPath">A converted model in int8.</param>
    /// <returns>The graph, and the names and widths of its inputs.</returns>
    public static (byte[] Model, IReadOnlyDictionary<string, long> Inputs) Read(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        var model = ModelProto.Parser.ParseFrom(file);
        var weights = model.Graph.Initializer.ToDictionary(initializer => initializer.Name);
        NodeProto[] products = [.. model.Graph.Node.Where(node => node.OpType == "MatMulInteger")];
        var inputs = new Dictionary<string, long>();
        foreach (var product in products)
        {
            var width = weights[product.Input[1]].Dims[0];
            product.Input[0] = product == products[^1] ? HeadRows(width) : Rows(width);
            inputs[product.Input[0]] = width;
        }

        var graph = new GraphProto { Name = "floor", Node = { products } };
        graph.Initializer.AddRange(products.SelectMany(product => product.Input.Skip(1)).Distinct().Select(name => weights[name]));
        graph.Input.AddRange(inputs.Select(input => Tensor(input.Key, DataType.Uint8, input.Value)));

        // One output is enough to be a graph; the runtime computes the other products too, into memory that it uses over and over.
        graph.Output.Add(Tensor(products[^1].Output[0], DataType.Int32, weights[products[^1].Input[1]].Dims[1]));
        model.Graph = graph;
        return (Google.Protobuf.MessageExtensions.ToByteArray(model), inputs);
    }

    private static ValueInfoProto Tensor(string name, DataType type, long width)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = name });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = width });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
