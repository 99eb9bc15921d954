using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// 256 elements in 16 parts: 16 bytes of a scale (low half) and a minimum (high half), then 64 bytes of two-bit q, then float16 d and m;
/// q * (d * scale) - m * minimum. 32 bytes of q hold 128 elements: their lowest bits the first 32 of them, and so on.
/// </summary>
internal sealed class Q2_KEncoding() : TensorEncoding("Q2_K", SuperBlocks.Size, 84)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[SuperBlocks.Size..])
        {
            var (scale, minimum) = (BlockVectors.Half(blocks[80..]), BlockVectors.Half(blocks[82..]));
            for (var part = 0; part < 16; part++)
            {
                var packed = Vector128.Create(blocks[(16 + (part / 8 * 32) + (part % 2 * 16))..]);
                BlockVectors.ScaleAndAdd(
                    BlockVectors.Bits(packed, part % 8 / 2 * 2, 2),
                    scale * (blocks[part] & 15),
                    -minimum * (blocks[part] >> 4),
                    destination[(part * 16)..]);
            }
        }
    }
}
