using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// 32 elements: a float16 scale d, then 16 bytes of nibbles q (element i in the low half of byte i, i + 16 in the high half); (q - 8) * d.
/// </summary>
internal sealed class Q4_0Encoding() : TensorEncoding("Q4_0", BlockVectors.BlockSize, 18)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        var eight = Vector128.Create((sbyte)8);
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[BlockVectors.BlockSize..])
        {
            var scale = BlockVectors.Half(blocks);
            var packed = Vector128.Create(blocks[2..]);
            BlockVectors.Scale(BlockVectors.LowNibbles(packed) - eight, scale, destination);
            BlockVectors.Scale(BlockVectors.HighNibbles(packed) - eight, scale, destination[16..]);
        }
    }
}
