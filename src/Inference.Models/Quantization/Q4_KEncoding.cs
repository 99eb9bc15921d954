using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// 256 elements in 8 parts: float16 d and m, 12 bytes of scales and minimums (<see cref="SuperBlocks.ScaleAndMinimum"/>), then 128 bytes of
/// nibbles q; q * (d * scale) - m * minimum. 32 bytes hold two parts: the low halves the first.
/// </summary>
internal sealed class Q4_KEncoding() : TensorEncoding("Q4_K", SuperBlocks.Size, 144)
{
    private const int Quants = 4 + SuperBlocks.PairBytes;

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
                BlockVectors.ScaleAndAdd(
                    BlockVectors.Bits(packed, part % 2 * 4, 4), scale * partScale, -minimum * partMinimum, destination[(half * 16)..]);
            }
        }
    }
}
