using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>Copies heads, those of queries and keys element by element where their order changes.</summary>
internal sealed unsafe class PackHeadsKernel(int heads, int kvHeads, int pairs, bool interleaved) : OperatorKernel
{
    private const int TokensPerIteration = 16;

    /// <summary>[head size]: where each element of a head comes from; null until the head size is known, empty if the order stays.</summary>
    private int[]? _order;

    /// <summary>Where the elements of a head that turns with halves come from.</summary>
    /// <param name="headSize">Even.</param>
    /// <param name="pairs">How many pairs turn; at most half the head size.</param>
    /// <param name="interleaved">Whether pairs are neighbours, or halves of what turns.</param>
    internal static int[] Order(int headSize, int pairs, bool interleaved)
    {
        var (order, half) = (new int[headSize], headSize / 2);
        for (var i = 0; i < half; i++)
        {
            (order[i], order[half + i]) = i >= pairs ? (pairs + i, half + i)
                : interleaved ? (2 * i, (2 * i) + 1)
                : (i, pairs + i);
        }

        return order;
    }

    protected override void Compute(KernelContext context)
    {
        var query = context.Input(0);
        var isPacked = context.InputCount == 1;
        var width = query[query.Rank - 1];
        var queryHeads = isPacked ? heads + (2 * kvHeads) : heads;
        Arguments.Require(query.Rank == 3 && query[0] == 1, "the queries are not [1, tokens, width]");
        Arguments.Require(width % (2 * queryHeads) == 0, "the heads do not have an even size");
        var (tokens, headSize) = (query[1], width / queryHeads);
        Arguments.Require(2 * pairs <= headSize, "more pairs turn than a head has");
        _order ??= Order(headSize, pairs, interleaved);
        Arguments.Require(_order.Length == headSize, "the head size changes");

        var rows = new Rows
        {
            Output = context.Output(0, tokens, (heads + (2L * kvHeads)) * headSize).Data<float>(),
            Query = query.Data<float>(),
            QueryStride = width,
            Heads = heads,
            KvHeads = kvHeads,
            HeadSize = headSize,
            Tokens = tokens,
        };
        if (isPacked)
        {
            rows.Key = rows.Query + (heads * headSize);
            rows.Value = rows.Key + (kvHeads * headSize);
            rows.KeyStride = width;
        }
        else
        {
            rows.Key = Checked(context.Input(1), tokens, kvHeads * headSize);
            rows.Value = Checked(context.Input(2), tokens, kvHeads * headSize);
            rows.KeyStride = kvHeads * headSize;
        }

        fixed (int* order = _order)
        {
            rows.Order = pairs == headSize / 2 && !interleaved ? null : order;
            context.ParallelFor((tokens + TokensPerIteration - 1) / TokensPerIteration, rows);
        }
    }

    private static float* Checked(KernelTensor tensor, int tokens, int width)
    {
        Arguments.Require(
            tensor.Rank == 3 && tensor[0] == 1 && tensor[1] == tokens && tensor[2] == width, "keys or values are not [1, tokens, kv heads * head size]");
        return tensor.Data<float>();
    }

    private struct Rows : IParallelBody
    {
        public float* Output;
        public float* Query;
        public float* Key;
        public float* Value;
        public int* Order;
        public int QueryStride;
        public int KeyStride;
        public int Heads;
        public int KvHeads;
        public int HeadSize;
        public int Tokens;

        public readonly void Invoke(int index)
        {
            var stride = (long)(Heads + (2 * KvHeads)) * HeadSize;
            var last = Math.Min(Tokens, (index + 1) * TokensPerIteration);
            for (long token = index * TokensPerIteration; token < last; token++)
            {
                var output = Output + (token * stride);
                Copy(Query + (token * QueryStride), output, Heads, Order);
                output += Heads * HeadSize;
                Copy(Key + (token * KeyStride), output, KvHeads, Order);
                Copy(Value + (token * KeyStride), output + (KvHeads * HeadSize), KvHeads, null);
            }
        }

        private readonly void Copy(float* source, float* destination, int count, int* order)
        {
            if (order == null)
            {
                new ReadOnlySpan<float>(source, count * HeadSize).CopyTo(new Span<float>(destination, count * HeadSize));
                return;
            }

            for (var head = 0; head < count; head++, source += HeadSize, destination += HeadSize)
            {
                for (var i = 0; i < HeadSize; i++)
                {
                    destination[i] = source[order[i]];
                }
            }
        }
    }
}
