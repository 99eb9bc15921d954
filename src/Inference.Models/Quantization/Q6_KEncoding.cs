using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// 256 elements in 16 parts: 128 bytes of low nibbles, 64 bytes of upper two bits, 16 signed scales, then a float16 d; (q - 32) * (d *
/// scale). 128 elements have 64 bytes of nibbles, the low halves first, and 32 bytes of upper bits, the lowest first.
/// </summary>
internal sealed class Q6_KEncoding() : TensorEncoding("Q6_K", SuperBlocks.Size, 210)
{
    private const int UpperBits = 128;
    private const int Scales = 192;

    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        var thirtyTwo = Vector128.Create((sbyte)32);
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[SuperBlocks.Size..])
        {
            var scale = BlockVectors.Half(blocks[208..]);
            for (var part = 0; part < 16; part++)
            {
                var (side, inSide, place) = (part / 8, part % 8, part % 2 * 16);
                var low = Vector128.Create(blocks[((side * 64) + (inSide / 2 % 2 * 32) + place)..]);
                var upper = Vector128.Create(blocks[(UpperBits + (side * 32) + place)..]);
                var quants = BlockVectors.Bits(low, inSide / 4 * 4, 4) | (BlockVectors.Bits(upper, inSide / 2 * 2, 2) << 4);
                BlockVectors.Scale(quants - thirtyTwo, scale * (sbyte)blocks[Scales + part], destination[(part * 16)..]);
            }
        }
    }
}
