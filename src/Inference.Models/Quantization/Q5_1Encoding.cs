using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>32 elements: a float16 scale d, a float16 minimum m, 32 fifth bits, then nibbles, as in Q5_0; q * d + m.</summary>
internal sealed class Q5_1Encoding() : TensorEncoding("Q5_1", BlockVectors.BlockSize, 24)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[BlockVectors.BlockSize..])
        {
            var scale = BlockVectors.Half(blocks);
            var minimum = BlockVectors.Half(blocks[2..]);
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(blocks[4..]);
            var packed = Vector128.Create(blocks[8..]);
            var low = BlockVectors.LowNibbles(packed) | BlockVectors.FifthBits((ushort)bits);
            var high = BlockVectors.HighNibbles(packed) | BlockVectors.FifthBits((ushort)(bits >> 16));
            BlockVectors.ScaleAndAdd(low, scale, minimum, destination);
            BlockVectors.ScaleAndAdd(high, scale, minimum, destination[16..]);
        }
    }
}
