using Inference.Execution.Cpu.Int8.Generated;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>
/// ONNX's MatMulInteger with constant weights, which it packs when a node is made; see <see cref="GraphContract.PackedMatMulInteger"/>.
/// </summary>
internal sealed class ProductOperator()
    : LaneOperator(GraphContract.PackedMatMulInteger, [TensorElementType.UInt8, TensorElementType.Int8], [TensorElementType.Int32])
{
    protected override OperatorKernel CreateKernel<T>(KernelInfo info)
    {
        var weights = PackedMatrix.Pack(info.GetConstantInput(1));
        return VnniPanelCode.IsSupported ? new VnniProductKernel(weights) : new WidenedProductKernel<T>(weights);
    }
}
