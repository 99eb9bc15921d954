using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>The product with the head, and the arg max of its rows; see <see cref="GraphContract.ProductArgMax"/>.</summary>
internal sealed unsafe class HeadOperator() : LaneOperator(
    GraphContract.ProductArgMax,
    [TensorElementType.UInt8, TensorElementType.Int8, TensorElementType.Float, TensorElementType.Int64],
    [TensorElementType.Int32, TensorElementType.Int32])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info)
    {
        var weights = info.GetConstantInput(1);
        Arguments.Require(weights.Rank == 2 && weights[1] <= ArgMaxRowsKernel<T>.MostColumns, "the vocabulary is beyond 2^24");
        var scales = info.GetConstantInput(2);
        Arguments.Require(scales[0] == weights[1], "the column scales are not one for each column");
        return new HeadKernel<T>(new HeadWeights(PackedMatrix.Pack(weights), new ReadOnlySpan<float>(scales.Data<float>(), scales[0])));
    }
}
