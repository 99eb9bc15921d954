using System.Numerics.Tensors;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>RMS norms of queries and keys in float32. A group, a head or all heads, has as many elements as there are weights.</summary>
internal sealed unsafe class QueryKeyNormKernel(int heads, int kvHeads, float epsilon) : OperatorKernel
{
    private const int TokensPerIteration = 16;

    protected override void Compute(KernelContext context)
    {
        var qkv = context.Input(0);
        var queryWeight = context.Input(1);
        var keyWeight = context.Input(2);
        var (tokens, width) = (qkv[0], qkv[1]);
        Arguments.Require(width % (heads + (2 * kvHeads)) == 0, "qkv does not have (heads + 2 * kv heads) * head size columns");
        var headSize = width / (heads + (2 * kvHeads));
        Arguments.Require(
            queryWeight[0] > 0 && keyWeight[0] > 0 && heads * headSize % queryWeight[0] == 0 && kvHeads * headSize % keyWeight[0] == 0,
            "a norm's weights are not those of a head or of all heads");
        var rows = new Rows
        {
            Input = qkv.Data<float>(),
            Output = context.Output(0, tokens, width).Data<float>(),
            QueryWeight = queryWeight.Data<float>(),
            KeyWeight = keyWeight.Data<float>(),
            QueryGroup = queryWeight[0],
            KeyGroup = keyWeight[0],
            QueryWidth = heads * headSize,
            KeyWidth = kvHeads * headSize,
            Tokens = tokens,
            Width = width,
            Epsilon = epsilon,
        };
        context.ParallelFor((tokens + TokensPerIteration - 1) / TokensPerIteration, rows);
    }

    /// <summary>x / sqrt(mean of squares + epsilon) * weight for each group of the input.</summary>
    internal static void Norm(ReadOnlySpan<float> input, ReadOnlySpan<float> weight, float epsilon, Span<float> output)
    {
        for (; !input.IsEmpty; input = input[weight.Length..], output = output[weight.Length..])
        {
            var group = input[..weight.Length];
            var factor = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares(group) / group.Length) + epsilon);
            TensorPrimitives.Multiply(group, factor, output[..weight.Length]);
            TensorPrimitives.Multiply(output[..weight.Length], weight, output[..weight.Length]);
        }
    }

    private struct Rows : IParallelBody
    {
        public float* Input;
        public float* Output;
        public float* QueryWeight;
        public float* KeyWeight;
        public int QueryGroup;
        public int KeyGroup;
        public int QueryWidth;
        public int KeyWidth;
        public int Tokens;
        public int Width;
        public float Epsilon;

        public readonly void Invoke(int index)
        {
            var last = Math.Min(Tokens, (index + 1) * TokensPerIteration);
            for (var token = index * TokensPerIteration; token < last; token++)
            {
                var input = new ReadOnlySpan<float>(Input + ((long)token * Width), Width);
                var output = new Span<float>(Output + ((long)token * Width), Width);
                Norm(input[..QueryWidth], new(QueryWeight, QueryGroup), Epsilon, output[..QueryWidth]);
                Norm(input.Slice(QueryWidth, KeyWidth), new(KeyWeight, KeyGroup), Epsilon, output.Slice(QueryWidth, KeyWidth));
                input[(QueryWidth + KeyWidth)..].CopyTo(output[(QueryWidth + KeyWidth)..]);
            }
        }
    }
}
