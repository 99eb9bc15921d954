using System.Numerics;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>A gated activation in float32, element by element.</summary>
internal sealed unsafe class SwiGluKernel : OperatorKernel
{
    // About 16k elements an iteration: enough to be worth a thread's wake-up.
    private const int ElementsPerIteration = 16384;

    protected override void Compute(KernelContext context)
    {
        var input = context.Input(0);
        var (tokens, width) = (input[0], input[1] / 2);
        var rows = Math.Max(1, ElementsPerIteration / Math.Max(1, width));
        var output = context.Output(0, tokens, width);
        context.ParallelFor((tokens + rows - 1) / rows, new Rows(input.Data<float>(), output.Data<float>(), tokens, width, rows));
    }

    /// <summary>out = gate / (1 + exp(-gate)) * up.</summary>
    internal static void Row(float* gate, float* up, float* output, int width)
    {
        var i = 0;
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = Vector.Load(gate + i);
            (g / (Vector<float>.One + Vector.Exp(-g)) * Vector.Load(up + i)).Store(output + i);
        }

        for (; i < width; i++)
        {
            output[i] = gate[i] / (1 + MathF.Exp(-gate[i])) * up[i];
        }
    }

    private struct Rows(float* input, float* output, int tokens, int width, int rowsPerIteration) : IParallelBody
    {
        public readonly void Invoke(int index)
        {
            var last = Math.Min(tokens, (index + 1) * rowsPerIteration);
            for (var row = index * rowsPerIteration; row < last; row++)
            {
                var gate = input + 2L * row * width;
                Row(gate, gate + width, output + (long)row * width, width);
            }
        }
    }
}
