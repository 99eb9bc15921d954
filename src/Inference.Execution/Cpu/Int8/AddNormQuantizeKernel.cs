using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>A node that adds a projection's output to the residual, and norms and quantises the sum.</summary>
internal sealed unsafe class AddNormQuantizeKernel<T>(float epsilon) : OperatorKernel
    where T : unmanaged, ILanes<T>
{
    protected override void Compute(KernelContext context)
    {
        var input = new ResidualProjection(context);
        var (tokens, width) = (input.Tokens, input.Width);
        var rows = new Rows(
            input, epsilon,
            context.Output(0, tokens, width).Data<float>(), context.Output(1, tokens, width).Data<byte>(), context.Output(2,
            tokens).Data<float>());
        RowLoop.Run(context, tokens, NormRow<T>.Nanoseconds(width), rows);
    }

    private struct Rows(ResidualProjection input, float epsilon, float* residual, byte* x, float* xScales) : IParallelBody
    {
        public readonly void Invoke(int index)
        {
            var row = residual + (long)index * input.Width;
            var statistics = input.Add<T>(index, row);
            xScales[index] = NormRow<T>.Quantize(row, input.Width, statistics, epsilon, x + (long)index * input.Width);
        }
    }
}
