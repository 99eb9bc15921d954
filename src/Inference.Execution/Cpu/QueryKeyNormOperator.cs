using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu;

/// <summary>Norms of queries and keys (Henry et al. 2020, with RMS norms); see <see cref="GraphContract.QueryKeyNorm"/>.</summary>
internal sealed class QueryKeyNormOperator() : CustomOperator(
    GraphContract.QueryKeyNorm,
    [TensorElementType.Float, TensorElementType.Float, TensorElementType.Float],
    [TensorElementType.Float])
{
    protected override OperatorKernel CreateKernel(KernelInfo info)
    {
        var (heads, kvHeads) = PagedAttentionOperator.ReadHeads(info);
        return new QueryKeyNormKernel(heads, kvHeads, info.GetSingle(GraphContract.Epsilon));
    }
}
