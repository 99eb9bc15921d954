using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// Adds a projection's output to the residual, and norms and quantises the sum; see <see cref="GraphContract.AddNormQuantize"/>.
/// </summary>
internal sealed class AddNormQuantizeOperator() : LaneOperator(
    GraphContract.AddNormQuantize,
    [TensorElementType.Float, TensorElementType.Int32, TensorElementType.Float, TensorElementType.Float],
    [TensorElementType.Float, TensorElementType.UInt8, TensorElementType.Float])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info) =>
        new AddNormQuantizeKernel<T>(info.GetSingle(GraphContract.Epsilon));
}
