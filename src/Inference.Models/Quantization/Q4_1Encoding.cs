using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>32 elements: a float16 scale d, a float16 minimum m, then nibbles q as in Q4_0; q * d + m.</summary>
internal sealed class Q4_1Encoding() : TensorEncoding("Q4_1", BlockVectors.BlockSize, 20)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[BlockVectors.BlockSize..])
        {
            var scale = BlockVectors.Half(blocks);
            var minimum = BlockVectors.Half(blocks[2..]);
            var packed = Vector128.Create(blocks[4..]);
            BlockVectors.ScaleAndAdd(BlockVectors.LowNibbles(packed), scale, minimum, destination);
            BlockVectors.ScaleAndAdd(BlockVectors.HighNibbles(packed), scale, minimum, destination[16..]);
        }
    }
}
