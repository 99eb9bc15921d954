using System.Collections.Immutable;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Int8;

/// <summary>An operator whose kernels are written over lanes; its nodes get the widest lanes that the hardware has.</summary>
internal abstract class LaneOperator(string name, ImmutableArray<TensorElementType> inputs, ImmutableArray<TensorElementType> outputs)
    : CustomOperator(name, inputs, outputs)
{
    protected sealed override OperatorKernel CreateKernel(KernelInfo info)
    {
        if (Lanes512.IsSupported)
        {
            return CreateKernel<Lanes512>(info);
        }

        return Lanes256.IsSupported ? CreateKernel<Lanes256>(info) : CreateKernel<Lanes128>(info);
    }

    /// <summary>Makes the kernel of one node for these lanes.</summary>
    protected abstract OperatorKernel CreateKernel<T>(KernelInfo info)
        where T : unmanaged, ILanes<T>;
}
