using System.Numerics;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>Brings rows of floats to 8 bits; see <see cref="GraphContract.QuantizeRows"/>.</summary>
internal sealed class QuantizeRowsOperator() : LaneOperator(
    GraphContract.QuantizeRows, [TensorElementType.Float], [TensorElementType.UInt8, TensorElementType.Float])
{
    /// <summary>The attribute that says by which Hadamard matrix to rotate.</summary>
    /// <exception cref="ArgumentException">It is no power of two, or too large.</exception>
    internal static int ReadHadamard(KernelInfo info)
    {
        var size = info.GetInt64(GraphContract.Hadamard);
        Arguments.Require(
            size is > 0 and <= 1 << 16 && BitOperations.IsPow2(size), $"{GraphContract.Hadamard} {size} is not a power of two up to 65536");
        return (int)size;
    }

    protected override OperatorKernel CreateKernel<T>(KernelInfo info) => new QuantizeRowsKernel<T>(ReadHadamard(info));
}
