using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>Looks tokens up, and norms and quantises their rows; see <see cref="GraphContract.EmbedNormQuantize"/>.</summary>
internal sealed class EmbedNormQuantizeOperator() : LaneOperator(
    GraphContract.EmbedNormQuantize,
    [TensorElementType.Int64, TensorElementType.Int8, TensorElementType.Float],
    [TensorElementType.Float, TensorElementType.UInt8, TensorElementType.Float])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info) =>
        new EmbedNormQuantizeKernel<T>(info.GetSingle(GraphContract.Epsilon));
}
