using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Tests.Graphs;

/// <summary>Parts of a graph as lines, to be compared.</summary>
internal static class GraphText
{
    public static string Describe(NodeProto node) => $"{node.OpType}({string.Join(", ", node.Input)}) -> {string.Join(", ", node.Output)}";

    public static string Describe(AttributeProto attribute) => $"{attribute.Name} {attribute.Type} {attribute.I} {attribute.F}";

    public static string Describe(ValueInfoProto value)
    {
        var type = value.Type.TensorType;
        var dimensions = type.Shape.Dim.Select(dim => dim.HasDimParam ? dim.DimParam : $"{dim.DimValue}");
        return $"{value.Name} {(TensorProto.Types.DataType)type.ElemType} [{string.Join(", ", dimensions)}]";
    }
}
