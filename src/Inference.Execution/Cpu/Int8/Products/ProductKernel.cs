using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>A product node: UINT8 [rows, inputs] times packed weights gives INT32 [rows, outputs].</summary>
internal abstract unsafe class ProductKernel(PackedMatrix weights) : OperatorKernel, IDisposable
{
    protected PackedMatrix Weights { get; } = weights;

    public void Dispose() => Weights.Dispose();

    protected override void Compute(KernelContext context)
    {
        var activations = context.Input(0);
        Arguments.Require(
            activations.Rank == 2 && activations[1] == Weights.Inputs, "the activations do not have as many columns as the weights have rows");
        var rows = activations[0];
        var sums = context.Output(0, rows, Weights.Outputs).Data<int>();

        // The head has no rows in a step that no sequence wants logits of.
        if (rows > 0)
        {
            Multiply(context, activations.Data<byte>(), rows, sums);
        }
    }

    /// <summary>Computes all rows, at least 1.</summary>
    protected abstract void Multiply(KernelContext context, byte* activations, int rows, int* sums);
}
