using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>
/// Writes the step's rotated keys and its values into their cache slots; an iteration takes <see cref="TokensPerIteration"/> tokens.
/// </summary>
internal unsafe struct CacheWriter(AttentionArguments arguments) : IParallelBody
{
    public const int TokensPerIteration = 16;

    private AttentionArguments _arguments = arguments;

    [SkipLocalsInit]
    public void Invoke(int index)
    {
        ref var args = ref _arguments;
        var half = args.HeadSize / 2;
        var blockSize = args.Sequences.BlockSize;
        var rotated = stackalloc float[args.HeadSize];
        var first = index * TokensPerIteration;
        var last = Math.Min(args.Sequences.Tokens, first + TokensPerIteration);
        for (var token = first; token < last; token++)
        {
            var sequence = args.Sequences.SequenceOf(token);
            var position = args.Sequences.PositionOf(token, sequence);
            var block = args.Sequences.BlocksOf(sequence)[position / blockSize];
            var slot = position % blockSize;
            for (var head = 0; head < args.KvHeads; head++)
            {
                Rotary.Apply(args.Key(token, head), args.Cos + (long)position * half, args.Sin + (long)position * half, rotated, half, 1);
                var keys = args.KeyBlock(block, head) + slot;
                for (var i = 0; i < args.HeadSize; i++)
                {
                    keys[i * blockSize] = rotated[i];
                }

                new Span<float>(args.Value(token, head), args.HeadSize)
                    .CopyTo(new Span<float>(args.ValueBlock(block, head) + slot * args.HeadSize, args.HeadSize));
            }
        }
    }
}
