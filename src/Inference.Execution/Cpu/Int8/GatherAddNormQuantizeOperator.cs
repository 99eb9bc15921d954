using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// <see cref="AddNormQuantizeOperator"/> of the rows whose logits are wanted; see <see cref="GraphContract.GatherAddNormQuantize"/>.
/// </summary>
internal sealed class GatherAddNormQuantizeOperator() : LaneOperator(
    GraphContract.GatherAddNormQuantize,
    [TensorElementType.Float, TensorElementType.Int32, TensorElementType.Float, TensorElementType.Float, TensorElementType.Int64],
    [TensorElementType.UInt8, TensorElementType.Float])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info) =>
        new GatherAddNormQuantizeKernel<T>(info.GetSingle(GraphContract.Epsilon));
}
