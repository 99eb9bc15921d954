using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.OnnxRuntime.Tests.CustomOperators;

/// <summary>y = x * factor + addend, which may be left out, in parallel; element values can ask for failures.</summary>
internal sealed unsafe class TestOperator : CustomOperator
{
    public const float ThrowInIteration = -1;
    public const float ThrowInCompute = -2;

    /// <summary>y = x * factor, and an addend if there is a second input.</summary>
    public TestOperator()
        : base("Test", [TensorElementType.Float, TensorElementType.Float], [TensorElementType.Float])
    {
        OptionalInputs = 1;
    }

    public int Disposed { get; private set; }

    protected internal override OperatorKernel CreateKernel(KernelInfo info)
    {
        var factor = info.GetInt64("factor");
        return factor == 13 ? throw new InvalidOperationException("13 is unlucky") : new Kernel(this, factor);
    }

    private sealed class Kernel(TestOperator owner, long factor) : OperatorKernel, IDisposable
    {
        public void Dispose() => owner.Disposed++;

        protected internal override void Compute(KernelContext context)
        {
            var x = context.Input(0);
            var y = context.Output(0, x[0]);
            if (x[0] > 0 && x.Data<float>()[0] == ThrowInCompute)
            {
                throw new InvalidOperationException("compute said no ✗");
            }

            var addend = context.InputCount == 2 ? context.Input(1).Data<float>()[0] : 0;
            context.ParallelFor(x[0], new Body(x.Data<float>(), y.Data<float>(), factor, addend));
            x.Data<float>()[0] = 42;
        }

        private struct Body(float* x, float* y, long factor, float addend) : IParallelBody
        {
            public readonly void Invoke(int index)
            {
                if (x[index] == ThrowInIteration)
                {
                    throw new InvalidOperationException($"iteration {index} said no");
                }

                y[index] = x[index] * factor + addend;
            }
        }
    }
}
