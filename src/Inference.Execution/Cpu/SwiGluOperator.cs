using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu;

/// <summary>
/// silu(gate) * up over rows that hold gate and up side by side: [tokens, 2 * width] to [tokens, width] (Shazeer, "GLU variants improve
/// transformer", 2020).
/// </summary>
internal sealed class SwiGluOperator() : CustomOperator(GraphContract.SwiGlu, [TensorElementType.Float], [TensorElementType.Float])
{
    protected override OperatorKernel CreateKernel(KernelInfo info) => new SwiGluKernel();
}
