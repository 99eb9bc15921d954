using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// As Q4_K, with 32 bytes of fifth bits before the nibbles: bit i of byte j is element 32 * i + j's.
/// </summary>
internal sealed class Q5_KEncoding() : TensorEncoding("Q5_K", SuperBlocks.Size, 176)
{
    private const int FifthBits = 4 + SuperBlocks.PairBytes;
    private const int Quants = FifthBits + 32;

    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[SuperBlocks.Size..])
        {
            var (scale, minimum) = (BlockVectors.Half(blocks), BlockVectors.Half(blocks[2..]));
            for (var half = 0; half < 16; half++)
            {
                var (part, place) = (half / 2, half % 2 * 16);
                var (partScale, partMinimum) = SuperBlocks.ScaleAndMinimum(blocks[4..], part);
                var packed = Vector128.Create(blocks[(Quants + (part / 2 * 32) + place)..]);
                var fifth = BlockVectors.Bits(Vector128.Create(blocks[(FifthBits + place)..]), part, 1);
                BlockVectors.ScaleAndAdd(
                    BlockVectors.Bits(packed, part % 2 * 4, 4) | (fifth << 4),
                    scale * partScale,
                    -minimum * partMinimum,
                    destination[(half * 16)..]);
            }
        }
    }
}
