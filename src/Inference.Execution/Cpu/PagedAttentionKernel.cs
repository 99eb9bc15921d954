using System.Numerics;
using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>A paged attention node in float32. Inputs are checked before anything is written: a wrong block table must not reach foreign memory.</summary>
internal sealed unsafe class PagedAttentionKernel(int heads, int kvHeads, float scale) : OperatorKernel
{
    // Room on the stack for the tile table of this many sequences; more take it from the heap.
    private const int SequencesOnStack = 1024;

    [SkipLocalsInit]
    protected override void Compute(KernelContext context)
    {
        var arguments = Read(context);
        Validate(arguments);
        arguments.Output = context.Output(0, arguments.Tokens, (long)heads * arguments.HeadSize).Data<float>();

        context.ParallelFor((arguments.Tokens + CacheWriter.TokensPerIteration - 1) / CacheWriter.TokensPerIteration, new CacheWriter(arguments));

        var size = arguments.Sequences + 1;
        var firstTiles = size <= SequencesOnStack ? stackalloc int[SequencesOnStack] : new int[size];
        fixed (int* pinned = firstTiles)
        {
            var tiles = new AttentionTiles(arguments, pinned);
            context.ParallelFor(tiles.Count, new AttentionWorker(arguments, tiles));
        }
    }

    private AttentionArguments Read(KernelContext context)
    {
        var qkv = context.Input(0);
        var keys = context.Input(1);
        var values = context.Input(2);
        var blockTable = context.Input(3);
        var cumulative = context.Input(4);
        var past = context.Input(5);
        var cos = context.Input(6);
        var sin = context.Input(7);
        var arguments = new AttentionArguments
        {
            Qkv = qkv.Data<float>(),
            KeyCache = keys.Data<float>(),
            ValueCache = values.Data<float>(),
            BlockTable = blockTable.Data<int>(),
            CumulativeLengths = cumulative.Data<int>(),
            PastLengths = past.Data<int>(),
            Cos = cos.Data<float>(),
            Sin = sin.Data<float>(),
            Tokens = qkv[0],
            Sequences = past[0],
            MaxBlocks = blockTable[1],
            Blocks = keys[0],
            BlockSize = keys[3],
            Positions = cos[0],
            Heads = heads,
            KvHeads = kvHeads,
            HeadSize = keys[2],
            Scale = scale,
        };

        Require(qkv[1] == arguments.QkvStride, "qkv does not have (heads + 2 * kv heads) * head size columns");
        Require(keys[1] == kvHeads, "the key cache does not have the node's kv heads");
        Require(
            values[0] == keys[0] && values[1] == keys[1] && values[2] == keys[3] && values[3] == keys[2],
            "the value cache does not have the key cache's geometry");
        Require(arguments.HeadSize % (2 * Vector<float>.Count) == 0, "the head size is not a multiple of two vectors");
        Require(arguments.BlockSize % Vector<float>.Count == 0, "the block size is not a multiple of a vector");
        Require(cumulative[0] == arguments.Sequences + 1 && blockTable[0] == arguments.Sequences, "the inputs disagree on the number of sequences");
        Require(cos[1] * 2 == arguments.HeadSize && sin[1] == cos[1] && sin[0] == cos[0], "cos and sin are not [positions, head size / 2]");
        return arguments;
    }

    private static void Validate(in AttentionArguments args)
    {
        Require(args.CumulativeLengths[0] == 0 && args.CumulativeLengths[args.Sequences] == args.Tokens, "cumulative lengths do not span the tokens");
        for (var sequence = 0; sequence < args.Sequences; sequence++)
        {
            var tokens = args.CumulativeLengths[sequence + 1] - args.CumulativeLengths[sequence];
            var length = (long)args.PastLengths[sequence] + tokens;
            Require(tokens >= 0 && args.PastLengths[sequence] >= 0, "a length is negative");
            Require(length <= args.Positions, "a sequence is longer than the rotary tables");
            Require(length <= (long)args.MaxBlocks * args.BlockSize, "a sequence is longer than its block table");
            var blocks = (length + args.BlockSize - 1) / args.BlockSize;
            for (var i = 0; i < blocks; i++)
            {
                Require((uint)args.BlockTable[(long)sequence * args.MaxBlocks + i] < (uint)args.Blocks, "a block is outside the cache");
            }
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
