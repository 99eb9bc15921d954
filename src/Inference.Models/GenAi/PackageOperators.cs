using Inference.Models.Graphs.Onnx;

namespace Inference.Models.GenAi;

/// <summary>The operators of packages that matter here.</summary>
internal static class PackageOperators
{
    private const string Microsoft = "com.microsoft";

    public static bool IsGroupQueryAttention(NodeProto node) => node is { Domain: Microsoft, OpType: "GroupQueryAttention" };

    public static bool IsPagedAttention(NodeProto node) => node is { Domain: Microsoft, OpType: "PagedAttention" };

    /// <summary>Attention of other kinds, which mixes tokens as well.</summary>
    public static bool IsOtherAttention(NodeProto node) => node.OpType.EndsWith("Attention", StringComparison.Ordinal)
        && !IsGroupQueryAttention(node) && !IsPagedAttention(node);

    /// <summary>A product with weights, row by row.</summary>
    public static bool IsProduct(NodeProto node) =>
        node is { Domain: "", OpType: "MatMul" } or { Domain: Microsoft, OpType: "MatMulNBits" };

    /// <summary>A function of single elements.</summary>
    public static bool IsElementwise(NodeProto node) =>
        node.Domain.Length == 0 && node.OpType is "Add" or "Sub" or "Mul" or "Div" or "Tanh" or "Cast" or "Identity";
}
