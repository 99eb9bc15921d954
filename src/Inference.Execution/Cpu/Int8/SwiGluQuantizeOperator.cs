using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>silu(gate) * up, rotated by a Hadamard matrix and quantised; see <see cref="GraphContract.SwiGluQuantize"/>.</summary>
internal sealed class SwiGluQuantizeOperator() : LaneOperator(
    GraphContract.SwiGluQuantize,
    [TensorElementType.Int32, TensorElementType.Float, TensorElementType.Float],
    [TensorElementType.UInt8, TensorElementType.Float])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info) =>
        new SwiGluQuantizeKernel<T>(QuantizeRowsOperator.ReadHadamard(info));
}
