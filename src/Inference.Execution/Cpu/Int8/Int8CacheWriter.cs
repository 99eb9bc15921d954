using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>Writes a token's rotated keys and its values into their cache slots, each head with its own scale.</summary>
internal unsafe struct Int8CacheWriter<T>(Int8AttentionArguments arguments) : IParallelBody
    where T : unmanaged, ILanes<T>
{
    private readonly Int8AttentionArguments _arguments = arguments;

    /// <summary>What a token costs, roughly, in nanoseconds.</summary>
    public readonly int Nanoseconds => _arguments.KvHeads * _arguments.HeadSize * 3;

    [SkipLocalsInit]
    public readonly void Invoke(int index)
    {
        ref readonly var args = ref _arguments;
        var sequence = args.Sequences.SequenceOf(index);
        var position = args.Sequences.PositionOf(index, sequence);
        var block = args.Sequences.BlocksOf(sequence)[position / args.Sequences.BlockSize];
        var slot = position % args.Sequences.BlockSize;
        var scratch = stackalloc float[args.HeadSize];
        var row = stackalloc float[args.HeadSize];
        var bytes = stackalloc byte[args.HeadSize];
        for (var head = 0; head < args.KvHeads; head++)
        {
            var headBlock = args.HeadBlock(block, head);
            args.DequantizeRotated<T>(index, args.Heads + head, position, scratch, row);
            args.KeyScales[headBlock * args.Sequences.BlockSize + slot] = Quantize(row, bytes);
            WriteKey((short*)bytes, (short*)(args.KeyCache + headBlock * args.HeadBlockSize) + slot);

            args.Dequantize<T>(index, args.Heads + args.KvHeads + head, row);
            args.ValueScales[headBlock * args.Sequences.BlockSize + slot] = Quantize(row, bytes);
            WriteValue(bytes, (byte*)args.ValueCache + headBlock * args.HeadBlockSize + slot / 2 * args.HeadSize * 2 + slot % 2);
        }
    }

    private readonly float Quantize(float* row, byte* bytes) =>
        RowQuantizer<T>.ToBytes(row, _arguments.HeadSize, RowQuantizer<T>.Magnitude(row, _arguments.HeadSize), 0, bytes);

    private readonly void WriteKey(short* pairs, short* slots)
    {
        var blockSize = _arguments.Sequences.BlockSize;
        for (var i = 0; i < _arguments.HeadSize / 2; i++)
        {
            slots[i * blockSize] = pairs[i];
        }
    }

    private readonly void WriteValue(byte* bytes, byte* slots)
    {
        for (var i = 0; i < _arguments.HeadSize; i++)
        {
            slots[2 * i] = bytes[i];
        }
    }
}
