using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// 32 elements: a float16 scale d, 32 fifth bits (bit i is element i's), then nibbles as in Q4_0; q of five bits; (q - 16) * d.
/// </summary>
internal sealed class Q5_0Encoding() : TensorEncoding("Q5_0", BlockVectors.BlockSize, 22)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        var sixteen = Vector128.Create((sbyte)16);
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[BlockVectors.BlockSize..])
        {
            var scale = BlockVectors.Half(blocks);
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(blocks[2..]);
            var packed = Vector128.Create(blocks[6..]);
            var low = BlockVectors.LowNibbles(packed) | BlockVectors.FifthBits((ushort)bits);
            var high = BlockVectors.HighNibbles(packed) | BlockVectors.FifthBits((ushort)(bits >> 16));
            BlockVectors.Scale(low - sixteen, scale, destination);
            BlockVectors.Scale(high - sixteen, scale, destination[16..]);
        }
    }
}
