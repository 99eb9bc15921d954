using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// <see cref="PagedAttentionOperator"/> with a cache of 8 bits, from accumulators to quantised rows; see <see
/// cref="GraphContract.PagedAttentionInt8"/>.
/// </summary>
internal sealed class PagedAttentionInt8Operator() : LaneOperator(
    GraphContract.PagedAttentionInt8,
    [
        TensorElementType.Int32, TensorElementType.Float, TensorElementType.Float,
        TensorElementType.Int8, TensorElementType.Int8, TensorElementType.Float, TensorElementType.Float,
        TensorElementType.Int32, TensorElementType.Int32, TensorElementType.Int32,
        TensorElementType.Float, TensorElementType.Float,
    ],
    [TensorElementType.UInt8, TensorElementType.Float])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info)
    {
        var (heads, kvHeads) = PagedAttentionOperator.ReadHeads(info);
        var scale = info.GetSingle(GraphContract.Scale);
        Arguments.Require(float.IsFinite(scale) && scale > 0, $"{GraphContract.Scale} {scale} is not a positive number.");
        return new PagedAttentionInt8Kernel<T>(heads, kvHeads, scale);
    }
}
