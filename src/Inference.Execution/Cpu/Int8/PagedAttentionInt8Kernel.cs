using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// A paged attention node with a cache of 8 bits, from accumulators to quantised rows or from floats to floats. Inputs are checked before
/// anything is written: a wrong block table must not reach foreign memory.
/// </summary>
internal sealed unsafe class PagedAttentionInt8Kernel<T>(int heads, int kvHeads, float scale, int threads, bool isFloat) : OperatorKernel
    where T : unmanaged, ILanes<T>
{
    // Scores are sums of products of two bytes; so far they are exact in floats too.
    private const int LargestHead = 512;

    protected override void Compute(KernelContext context)
    {
        var arguments = Read(context);
        arguments.Sequences.Validate();
        var tokens = arguments.Sequences.Tokens;
        float* floats = null;
        if (isFloat)
        {
            floats = context.Output(0, tokens, arguments.Width).Data<float>();
        }
        else
        {
            arguments.Output = context.Output(0, tokens, arguments.Width).Data<byte>();
            arguments.OutputScales = context.Output(1, tokens).Data<float>();
        }

        var work = new AttentionWork(arguments, threads);
        arguments.Attended = isFloat ? floats : work.Attended;
        var writer = new Int8CacheWriter<T>(arguments, work.Pieces);
        if (work.NeedsCacheWritten)
        {
            RowLoop.Run(context, work.Count, writer.Nanoseconds * Math.Max(1, tokens * kvHeads / work.Count), writer);
        }

        RowLoop.Run(context, work.Count, work.NanosecondsPerPiece, new Int8AttentionWorker<T>(arguments, work.Pieces, work.Count));
    }

    private Int8AttentionArguments Read(KernelContext context)
    {
        // Accumulators bring two more inputs, their scales.
        var first = isFloat ? 1 : 3;
        var qkv = context.Input(0);
        var keys = context.Input(first);
        var values = context.Input(first + 1);
        var keyScales = context.Input(first + 2);
        var valueScales = context.Input(first + 3);
        var cos = context.Input(first + 7);
        var sin = context.Input(first + 8);
        var sequences = PagedSequences.Read(context.Input(first + 4), context.Input(first + 5), context.Input(first + 6));
        sequences.Tokens = qkv[0];
        sequences.Blocks = keys[0];
        sequences.BlockSize = keys[3];
        sequences.Positions = cos[0];
        var arguments = new Int8AttentionArguments
        {
            KeyCache = keys.Data<byte>(),
            ValueCache = values.Data<sbyte>(),
            KeyScales = keyScales.Data<float>(),
            ValueScales = valueScales.Data<float>(),
            Sequences = sequences,
            Cos = cos.Data<float>(),
            Sin = sin.Data<float>(),
            Heads = heads,
            KvHeads = kvHeads,
            HeadSize = QuadPanels.Depths * keys[2],
            Scale = scale,
        };

        Arguments.Require(
            keys[1] == kvHeads && keys[4] == QuadPanels.Depths, "the key cache is not [blocks, kv heads, head size / 4, block size, 4]");
        Arguments.Require(
            arguments.HeadSize % 32 == 0 && arguments.HeadSize <= LargestHead, "the head size is not a multiple of 32 up to 512");
        Arguments.Require(sequences.BlockSize > 0 && sequences.BlockSize % 16 == 0, "the block size is not a multiple of 16");
        Arguments.Require(qkv[1] == arguments.QkvWidth, "qkv does not have (heads + 2 * kv heads) * head size columns");
        Arguments.Require(
            values[0] == keys[0] && values[1] == kvHeads && values[2] == sequences.BlockSize && values[3] == arguments.HeadSize,
            "the value cache does not have the key cache's geometry");
        RequireScales(keyScales, sequences, "the key scales are not [blocks, kv heads, block size]");
        RequireScales(valueScales, sequences, "the value scales are not [blocks, kv heads, block size]");
        Arguments.Require(
            cos[1] * 2 == arguments.HeadSize && sin[1] == cos[1] && sin[0] == cos[0], "cos and sin are not [positions, head size / 2]");
        ReadQkv(context, ref arguments);
        return arguments;
    }

    private void ReadQkv(KernelContext context, ref Int8AttentionArguments arguments)
    {
        if (isFloat)
        {
            arguments.FloatQkv = context.Input(0).Data<float>();
            return;
        }

        var rowScales = context.Input(1);
        var columnScales = context.Input(2);
        Arguments.Require(rowScales[0] == arguments.Sequences.Tokens, "the row scales are not one for each token");
        Arguments.Require(columnScales[0] == arguments.QkvWidth, "the column scales are not one for each column of qkv");
        arguments.Qkv = context.Input(0).Data<int>();
        arguments.RowScales = rowScales.Data<float>();
        arguments.ColumnScales = columnScales.Data<float>();
    }

    private void RequireScales(KernelTensor scales, in PagedSequences sequences, string otherwise) =>
        Arguments.Require(scales[0] == sequences.Blocks && scales[1] == kvHeads && scales[2] == sequences.BlockSize, otherwise);
}
