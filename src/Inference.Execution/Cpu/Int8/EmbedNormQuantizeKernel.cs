using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>A node that looks tokens up, and norms and quantises their rows.</summary>
internal sealed unsafe class EmbedNormQuantizeKernel<T>(float epsilon) : OperatorKernel
    where T : unmanaged, ILanes<T>
{
    protected override void Compute(KernelContext context)
    {
        var ids = context.Input(0);
        var embedding = context.Input(1);
        var scales = context.Input(2);
        var (tokens, vocabulary, width) = (ids[0], embedding[0], embedding[1]);
        Arguments.Require(width % ILanes<T>.Count == 0, "the hidden size is not a multiple of 16");
        Arguments.Require(scales[0] == vocabulary, "the embedding scales are not one for each token");
        foreach (var id in new ReadOnlySpan<long>(ids.Data<long>(), tokens))
        {
            Arguments.Require((ulong)id < (ulong)vocabulary, "a token is outside the vocabulary");
        }

        var rows = new Rows(
            ids.Data<long>(), embedding.Data<sbyte>(), scales.Data<float>(), width, epsilon,
            context.Output(0, tokens, width).Data<float>(), context.Output(1, tokens, width).Data<byte>(), context.Output(2,
            tokens).Data<float>());
        RowLoop.Run(context, tokens, NormRow<T>.Nanoseconds(width), rows);
    }

    private struct Rows(
        long* ids, sbyte* embedding, float* scales, int width, float epsilon, float* residual, byte* x, float* xScales) : IParallelBody
    {
        public readonly void Invoke(int index)
        {
            var row = residual + (long)index * width;
            var statistics = NormRow<T>.Embed(embedding + ids[index] * width, scales[ids[index]], row, width);
            xScales[index] = NormRow<T>.Quantize(row, width, statistics, epsilon, x + (long)index * width);
        }
    }
}
