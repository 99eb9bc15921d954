using System.Collections.Immutable;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// <see cref="PagedAttentionOperator"/> with a cache of 8 bits, from accumulators to quantised rows; see <see
/// cref="GraphContract.PagedAttentionInt8"/>.
/// </summary>
internal sealed class PagedAttentionInt8Operator(int threads) : LaneOperator(
    GraphContract.PagedAttentionInt8,
    [
        TensorElementType.Int32, TensorElementType.Float, TensorElementType.Float, .. CacheInputs,
    ],
    [TensorElementType.UInt8, TensorElementType.Float])
{
    /// <summary>The cache and its scales, the step's sequences, the rotary tables.</summary>
    internal static ImmutableArray<TensorElementType> CacheInputs =>
    [
        TensorElementType.UInt8, TensorElementType.Int8, TensorElementType.Float, TensorElementType.Float,
        TensorElementType.Int32, TensorElementType.Int32, TensorElementType.Int32,
        TensorElementType.Float, TensorElementType.Float,
    ];

    /// <summary>Makes the kernel of a node.</summary>
    /// <param name="info">Its attributes.</param>
    /// <param name="threads">Of the session.</param>
    /// <param name="isFloat">Whether it computes from floats to floats.</param>
    internal static OperatorKernel CreateKernel<T>(KernelInfo info, int threads, bool isFloat)
        where T : unmanaged, ILanes<T>
    {
        var (heads, kvHeads) = PagedAttentionOperator.ReadHeads(info);
        var scale = info.GetSingle(GraphContract.Scale);
        Arguments.Require(float.IsFinite(scale) && scale > 0, $"{GraphContract.Scale} {scale} is not a positive number.");
        return new PagedAttentionInt8Kernel<T>(heads, kvHeads, scale, threads, isFloat);
    }

    protected override OperatorKernel CreateKernel<T>(KernelInfo info) => CreateKernel<T>(info, threads, isFloat: false);
}
