using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// <see cref="PagedAttentionOperator"/> with a cache of 8 bits, from floats to floats; see <see
/// cref="GraphContract.PagedAttentionInt8Cache"/>.
/// </summary>
internal sealed class PagedAttentionInt8CacheOperator(int threads) : LaneOperator(
    GraphContract.PagedAttentionInt8Cache,
    [TensorElementType.Float, .. PagedAttentionInt8Operator.CacheInputs],
    [TensorElementType.Float])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info) => PagedAttentionInt8Operator.CreateKernel<T>(info, threads, isFloat: true);
}
