namespace Inference.Models.Graphs;

/// <summary>An operator's type and the domain that defines it; the empty domain is ai.onnx.</summary>
internal readonly record struct Operator(string Domain, string Type)
{
    public static readonly Operator Gather = new("", "Gather");

    public static readonly Operator Reshape = new("", "Reshape");

    public static readonly Operator Squeeze = new("", "Squeeze");

    public static readonly Operator Unsqueeze = new("", "Unsqueeze");

    public static readonly Operator Concat = new("", "Concat");

    public static readonly Operator ConstantOfShape = new("", "ConstantOfShape");

    public static readonly Operator Gemm = new("", "Gemm");

    public static readonly Operator Add = new("", "Add");

    public static readonly Operator Mul = new("", "Mul");

    public static readonly Operator Split = new("", "Split");

    public static readonly Operator Sigmoid = new("", "Sigmoid");

    public static readonly Operator Tanh = new("", "Tanh");

    public static readonly Operator Gelu = new("", "Gelu");

    public static readonly Operator Relu = new("", "Relu");

    public static readonly Operator LayerNormalization = new("", "LayerNormalization");

    /// <summary>Layer norm of a sum of two; the sum itself is output 3.</summary>
    public static readonly Operator SkipLayerNormalization = new("com.microsoft", "SkipLayerNormalization");

    /// <summary>RMS norm. ONNX Runtime keeps it in the ai.onnx domain.</summary>
    public static readonly Operator SimplifiedLayerNormalization = new("", "SimplifiedLayerNormalization");

    /// <summary>RMS norm of a sum of two; the sum itself is output 3.</summary>
    public static readonly Operator SkipSimplifiedLayerNormalization = new("com.microsoft", "SkipSimplifiedLayerNormalization");

    public static readonly Operator PagedAttention = new(GraphContract.Domain, GraphContract.PagedAttention);

    public static readonly Operator QueryKeyNorm = new(GraphContract.Domain, GraphContract.QueryKeyNorm);

    public static readonly Operator PackHeads = new(GraphContract.Domain, GraphContract.PackHeads);

    public static readonly Operator PositionIds = new(GraphContract.Domain, GraphContract.PositionIds);

    public static readonly Operator SwiGlu = new(GraphContract.Domain, GraphContract.SwiGlu);

    /// <summary>UINT8 [rows, in] and INT8 [in, out] to INT32 [rows, out].</summary>
    public static readonly Operator MatMulInteger = new("", "MatMulInteger");

    public static readonly Operator QuantizeRows = new(GraphContract.Domain, GraphContract.QuantizeRows);

    public static readonly Operator DequantizeRows = new(GraphContract.Domain, GraphContract.DequantizeRows);

    public static readonly Operator EmbedNormQuantize = new(GraphContract.Domain, GraphContract.EmbedNormQuantize);

    public static readonly Operator PagedAttentionInt8 = new(GraphContract.Domain, GraphContract.PagedAttentionInt8);

    public static readonly Operator PagedAttentionInt8Cache = new(GraphContract.Domain, GraphContract.PagedAttentionInt8Cache);

    public static readonly Operator AddNormQuantize = new(GraphContract.Domain, GraphContract.AddNormQuantize);

    public static readonly Operator SwiGluQuantize = new(GraphContract.Domain, GraphContract.SwiGluQuantize);

    public static readonly Operator GatherAddNormQuantize = new(GraphContract.Domain, GraphContract.GatherAddNormQuantize);

    public static readonly Operator LoraDelta = new(GraphContract.LoraDomain, GraphContract.LoraDelta);

    public static readonly Operator ArgMaxRows = new(GraphContract.Domain, GraphContract.ArgMaxRows);
}
