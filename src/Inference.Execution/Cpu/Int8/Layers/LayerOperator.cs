using System.Collections.Immutable;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8.Layers;

/// <summary>
/// What lies between one attention and the next, or behind the last, as one node; see <see cref="GraphContract.BetweenAttentions"/> and
/// <see cref="GraphContract.AfterLastAttention"/>.
/// </summary>
internal sealed class LayerOperator : LaneOperator
{
    private readonly bool _hasNext;
    private readonly int _threads;

    private LayerOperator(string name, int threads, bool hasNext, TensorElementType last, ImmutableArray<TensorElementType> outputs)
        : base(
            name,
            [
                TensorElementType.Float, TensorElementType.UInt8, TensorElementType.Float,
                TensorElementType.Int8, TensorElementType.Float, TensorElementType.Int8, TensorElementType.Float,
                TensorElementType.Int8, TensorElementType.Float, last,
            ],
            outputs) => (_threads, _hasNext) = (threads, hasNext);

    /// <summary><see cref="GraphContract.BetweenAttentions"/>.</summary>
    public static LayerOperator BetweenAttentions(int threads) => new(
        GraphContract.BetweenAttentions, threads, hasNext: true, TensorElementType.Int8,
        [TensorElementType.Float, TensorElementType.Int32, TensorElementType.Float]);

    /// <summary><see cref="GraphContract.AfterLastAttention"/>.</summary>
    public static LayerOperator AfterLastAttention(int threads) => new(
        GraphContract.AfterLastAttention, threads, hasNext: false, TensorElementType.Int64,
        [TensorElementType.UInt8, TensorElementType.Float]);

    protected override OperatorKernel CreateKernel<T>(KernelInfo info)
    {
        var hadamard = QuantizeRowsOperator.ReadHadamard(info);
        var weights = LayerWeights.Pack(info, _hasNext);
        Arguments.Require(
            weights.Intermediate % hadamard == 0 && weights.Intermediate <= SwiGluQuantizeKernel<T>.WidestRow,
            "the intermediate size is not a multiple of the Hadamard size or beyond 131072");
        return new LayerKernel<T>(weights, _threads, info.GetSingle(GraphContract.Epsilon), hadamard);
    }
}
