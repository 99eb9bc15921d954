using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>The column with the largest scaled accumulator of each row; see <see cref="GraphContract.ArgMaxRows"/>.</summary>
internal sealed class ArgMaxRowsOperator() : LaneOperator(
    GraphContract.ArgMaxRows, [TensorElementType.Int32, TensorElementType.Float], [TensorElementType.Int32])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info) => new ArgMaxRowsKernel<T>();
}
