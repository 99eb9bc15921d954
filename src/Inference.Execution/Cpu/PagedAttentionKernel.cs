using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>
/// A paged attention node in float32. Inputs are checked before anything is written: a wrong block table must not reach foreign memory.
/// </summary>
internal sealed unsafe class PagedAttentionKernel(int heads, int kvHeads, ScoreRules rules) : OperatorKernel
{
    // Room on the stack for the tile table of this many sequences; more take it from the heap.
    private const int SequencesOnStack = 1024;

    private const int Slopes = 8;

    private const int Sinks = 9;

    [SkipLocalsInit]
    protected override void Compute(KernelContext context)
    {
        var arguments = Read(context);
        arguments.Sequences.Validate();
        arguments.Output = context.Output(0, arguments.Sequences.Tokens, (long)heads * arguments.HeadSize).Data<float>();

        var iterations = (arguments.Sequences.Tokens + CacheWriter.TokensPerIteration - 1) / CacheWriter.TokensPerIteration;
        context.ParallelFor(iterations, new CacheWriter(arguments));

        var size = arguments.Sequences.Count + 1;
        var firstTiles = size <= SequencesOnStack ? stackalloc int[SequencesOnStack] : new int[size];
        fixed (int* pinned = firstTiles)
        {
            var tiles = new AttentionTiles(arguments.Sequences, kvHeads, arguments.GroupSize, pinned);
            context.ParallelFor(tiles.Count, new AttentionWorker(arguments, tiles));
        }
    }

    private AttentionArguments Read(KernelContext context)
    {
        var qkv = context.Input(0);
        var keys = context.Input(1);
        var values = context.Input(2);
        var cos = context.Input(6);
        var sin = context.Input(7);
        var sequences = PagedSequences.Read(context.Input(3), context.Input(4), context.Input(5));
        sequences.Tokens = qkv[0];
        sequences.Blocks = keys[0];
        sequences.BlockSize = keys[3];
        sequences.Positions = cos[0];
        var arguments = new AttentionArguments
        {
            Qkv = qkv.Data<float>(),
            KeyCache = keys.Data<float>(),
            ValueCache = values.Data<float>(),
            Sequences = sequences,
            Cos = cos.Data<float>(),
            Sin = sin.Data<float>(),
            Heads = heads,
            KvHeads = kvHeads,
            HeadSize = keys[2],
            Rules = rules,
        };
        arguments.Slopes = OfHeads(context, Slopes);
        arguments.Sinks = OfHeads(context, Sinks);

        Arguments.Require(qkv[1] == arguments.QkvStride, "qkv does not have (heads + 2 * kv heads) * head size columns");
        Arguments.Require(keys[1] == kvHeads, "the key cache does not have the node's kv heads");
        Arguments.Require(
            values[0] == keys[0] && values[1] == keys[1] && values[2] == keys[3] && values[3] == keys[2],
            "the value cache does not have the key cache's geometry");
        Arguments.Require(arguments.HeadSize % (2 * Vector<float>.Count) == 0, "the head size is not a multiple of two vectors");
        Arguments.Require(sequences.BlockSize % Vector<float>.Count == 0, "the block size is not a multiple of a vector");
        Arguments.Require(
            cos[1] * 2 == arguments.HeadSize && sin[1] == cos[1] && sin[0] == cos[0], "cos and sin are not [positions, head size / 2]");
        return arguments;
    }

    // A number for each head, or null.
    private float* OfHeads(KernelContext context, int index)
    {
        if (!context.HasInput(index))
        {
            return null;
        }

        var numbers = context.Input(index);
        Arguments.Require(numbers.Rank == 1 && numbers[0] == heads, $"input {index} does not have one number for each head");
        return numbers.Data<float>();
    }
}
