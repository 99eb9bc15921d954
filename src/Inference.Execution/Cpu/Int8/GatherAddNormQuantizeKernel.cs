using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>A node that adds, norms and quantises the rows whose logits are wanted.</summary>
internal sealed unsafe class GatherAddNormQuantizeKernel<T>(float epsilon) : OperatorKernel
    where T : unmanaged, ILanes<T>
{
    // A row's sum is held on the stack.
    private const int WidestRow = 65536;

    protected override void Compute(KernelContext context)
    {
        var input = new ResidualProjection(context);
        var indices = context.Input(4);
        var count = indices[0];
        Arguments.Require(input.Width <= WidestRow, "the hidden size is beyond 65536");
        foreach (var index in new ReadOnlySpan<long>(indices.Data<long>(), count))
        {
            Arguments.Require((ulong)index < (ulong)input.Tokens, "a row to gather is outside the step");
        }

        var rows = new Rows(
            input, indices.Data<long>(), epsilon, context.Output(0, count, input.Width).Data<byte>(), context.Output(1,
            count).Data<float>());
        RowLoop.Run(context, count, NormRow<T>.Nanoseconds(input.Width), rows);
    }

    private struct Rows(ResidualProjection input, long* indices, float epsilon, byte* x, float* xScales) : IParallelBody
    {
        [SkipLocalsInit]
        public readonly void Invoke(int index)
        {
            var row = stackalloc float[input.Width];
            var statistics = input.Add<T>(indices[index], row);
            xScales[index] = NormRow<T>.Quantize(row, input.Width, statistics, epsilon, x + (long)index * input.Width);
        }
    }
}
