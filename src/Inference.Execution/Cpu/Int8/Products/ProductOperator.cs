using Inference.Execution.Cpu.Int8.Generated;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>
/// ONNX's MatMulInteger with constant weights, which it packs when a node is made; see <see cref="GraphContract.PackedMatMulInteger"/>.
/// </summary>
internal sealed unsafe class ProductOperator()
    : CustomOperator(GraphContract.PackedMatMulInteger, [TensorElementType.UInt8, TensorElementType.Int8], [TensorElementType.Int32])
{
    // Inputs that lie side by side for products widened to 16 bits.
    private const int PairGroup = 2;

    protected override OperatorKernel CreateKernel(KernelInfo info)
    {
        var weights = info.GetConstantInput(1);
        Arguments.Require(weights.Rank == 2 && weights[0] > 0 && weights[1] > 0, "the weights are not [inputs, outputs]");
        if (VnniPanelCode.IsSupported)
        {
            return new VnniProductKernel(Pack(weights, VnniProductKernel.GroupSize));
        }

        var pairs = Pack(weights, PairGroup);
        if (Lanes512.IsSupported)
        {
            return new WidenedProductKernel<Lanes512>(pairs);
        }

        return Lanes256.IsSupported ? new WidenedProductKernel<Lanes256>(pairs) : new WidenedProductKernel<Lanes128>(pairs);
    }

    private static PackedMatrix Pack(KernelTensor weights, int groupSize) => new(weights.Data<sbyte>(), weights[0], weights[1], groupSize);
}
