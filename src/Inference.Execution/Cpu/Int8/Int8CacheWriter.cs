using System.Runtime.CompilerServices;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// Writes tokens' rotated keys and their values into their cache slots, each head with its own scale. As a parallel body: for all pieces
/// that do not do so themselves.
/// </summary>
internal unsafe struct Int8CacheWriter<T>(Int8AttentionArguments arguments, AttentionPiece* pieces) : IParallelBody
    where T : unmanaged, ILanes<T>
{
    private readonly Int8AttentionArguments _arguments = arguments;
    private readonly AttentionPiece* _pieces = pieces;

    /// <summary>What a head of a token costs, roughly, in nanoseconds.</summary>
    public readonly int Nanoseconds => _arguments.HeadSize * 4;

    public readonly void Invoke(int index)
    {
        // Of the pieces that share a tile and a head, the first.
        ref readonly var piece = ref _pieces[index];
        if (!piece.WritesCache && piece.FirstChunk == 0)
        {
            Write(piece);
        }
    }

    /// <summary>Writes the keys and values of a piece's tokens, of its head.</summary>
    [SkipLocalsInit]
    public readonly void Write(in AttentionPiece piece)
    {
        ref readonly var args = ref _arguments;
        var scratch = stackalloc float[args.HeadSize];
        var row = stackalloc float[args.HeadSize];
        var bytes = stackalloc byte[args.HeadSize];
        var blocks = args.Sequences.BlocksOf(piece.Sequence);
        for (var token = piece.FirstToken; token < piece.FirstToken + piece.Tokens; token++)
        {
            var position = args.Sequences.PositionOf(token, piece.Sequence);
            var headBlock = args.HeadBlock(blocks[position / args.Sequences.BlockSize], piece.KvHead);
            var slot = position % args.Sequences.BlockSize;
            args.DequantizeRotated<T>(token, args.Heads + piece.KvHead, position, scratch, row);
            args.KeyScales[headBlock * args.Sequences.BlockSize + slot] = Quantize(row, GraphContract.ZeroPoint, bytes);
            WriteKey((int*)bytes, (int*)(args.KeyCache + headBlock * args.HeadBlockSize) + slot);

            args.Dequantize<T>(token, args.Heads + args.KvHeads + piece.KvHead, row);
            args.ValueScales[headBlock * args.Sequences.BlockSize + slot] = Quantize(row, 0, bytes);
            var (quad, place) = Math.DivRem(slot, QuadPanels.Depths);
            WriteValue(bytes, (byte*)args.ValueCache + headBlock * args.HeadBlockSize + quad * args.HeadSize * QuadPanels.Depths + place);
        }
    }

    private readonly float Quantize(float* row, byte zeroPoint, byte* bytes) =>
        RowQuantizer<T>.ToBytes(row, _arguments.HeadSize, RowQuantizer<T>.Magnitude(row, _arguments.HeadSize), zeroPoint, bytes);

    private readonly void WriteKey(int* quads, int* slots)
    {
        var blockSize = _arguments.Sequences.BlockSize;
        for (var i = 0; i < _arguments.HeadSize / QuadPanels.Depths; i++)
        {
            slots[i * blockSize] = quads[i];
        }
    }

    private readonly void WriteValue(byte* bytes, byte* slots)
    {
        for (var i = 0; i < _arguments.HeadSize; i++)
        {
            slots[QuadPanels.Depths * i] = bytes[i];
        }
    }
}
