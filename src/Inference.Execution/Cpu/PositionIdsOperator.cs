using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu;

/// <summary>Where each token stands in its sequence; see <see cref="GraphContract.PositionIds"/>.</summary>
internal sealed class PositionIdsOperator() : CustomOperator(
    GraphContract.PositionIds,
    [TensorElementType.Int64, TensorElementType.Int32, TensorElementType.Int32],
    [TensorElementType.Int64])
{
    protected override OperatorKernel CreateKernel(KernelInfo info) => new PositionIdsKernel();
}
