using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>Brings a projection's accumulators to floats, and adds its bias; see <see cref="GraphContract.DequantizeRows"/>.</summary>
internal sealed class DequantizeRowsOperator : LaneOperator
{
    public DequantizeRowsOperator()
        : base(
            GraphContract.DequantizeRows,
            [TensorElementType.Int32, TensorElementType.Float, TensorElementType.Float, TensorElementType.Float],
            [TensorElementType.Float])
    {
        OptionalInputs = 1;
    }

    protected override OperatorKernel CreateKernel<T>(KernelInfo info) => new DequantizeRowsKernel<T>();
}
