using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Cpu.Lora;

/// <summary>
/// <see cref="GraphContract.LoraDelta"/> of one executor's session. Multiplying many adapters' small matrices in one operator, grouped by
/// adapter: Chen et al., "Punica", 2023; Sheng et al., "S-LoRA", 2023.
/// </summary>
internal sealed class LoraOperator : CustomOperator
{
    private readonly LoraStep _step;

    /// <param name="step">What the executor runs.</param>
    public LoraOperator(LoraStep step)
        : base(GraphContract.LoraDelta, [TensorElementType.Float, TensorElementType.Float], [TensorElementType.Float])
    {
        _step = step;
        MayWorkInPlace = true;
    }

    protected override OperatorKernel CreateKernel(KernelInfo info) => new LoraKernel(_step, checked((int)info.GetInt64(GraphContract.Site)));
}
