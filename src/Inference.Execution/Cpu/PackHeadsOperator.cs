using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu;

/// <summary>Heads of other graphs in the order of ours; see <see cref="GraphContract.PackHeads"/>.</summary>
internal sealed class PackHeadsOperator : CustomOperator
{
    public PackHeadsOperator()
        : base(
            GraphContract.PackHeads,
            [TensorElementType.Float, TensorElementType.Float, TensorElementType.Float],
            [TensorElementType.Float])
    {
        // Keys and values may come with the queries.
        OptionalInputs = 2;
    }

    protected override OperatorKernel CreateKernel(KernelInfo info)
    {
        var (heads, kvHeads) = PagedAttentionOperator.ReadHeads(info);
        var pairs = info.GetInt64(GraphContract.RotaryPairs);
        Arguments.Require(pairs is >= 0 and <= int.MaxValue, $"{GraphContract.RotaryPairs} is {pairs}");
        return new PackHeadsKernel(heads, kvHeads, (int)pairs, info.GetInt64(GraphContract.RotaryInterleaved) != 0);
    }
}
