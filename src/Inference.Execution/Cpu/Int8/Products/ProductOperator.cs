using Inference.Execution.Cpu.Int8.Generated;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>
/// ONNX's MatMulInteger with constant weights, which it packs when a node is made; see <see cref="GraphContract.PackedMatMulInteger"/>.
/// </summary>
internal sealed unsafe class ProductOperator()
    : LaneOperator(GraphContract.PackedMatMulInteger, [TensorElementType.UInt8, TensorElementType.Int8], [TensorElementType.Int32])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info)
    {
        var weights = info.GetConstantInput(1);
        Arguments.Require(weights.Rank == 2 && weights[0] > 0 && weights[1] > 0, "the weights are not [inputs, outputs]");
        return VnniPanelCode.IsSupported
            ? new VnniProductKernel(Pack(weights, VnniProductKernel.GroupSize))
            : new WidenedProductKernel<T>(Pack(weights, PackedMatrix.PairGroup));
    }

    private static PackedMatrix Pack(KernelTensor weights, int groupSize) => new(weights.Data<sbyte>(), weights[0], weights[1], groupSize);
}
