using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// 256 elements in 16 parts: 32 bytes of third bits, 64 bytes of two bits as in Q2_K, 12 bytes of six-bit scales, then a float16 d; (q -
/// 4) * (d * (scale - 32)). Bit i of the third bits' byte j is element 32 * i + j's. The scales' low halves are in the first eight bytes
/// (low halves, then high halves), their top two bits in the last four, in the same order.
/// </summary>
internal sealed class Q3_KEncoding() : TensorEncoding("Q3_K", SuperBlocks.Size, 110)
{
    private const int Scales = 96;

    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        var four = Vector128.Create((sbyte)4);
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[SuperBlocks.Size..])
        {
            var scale = BlockVectors.Half(blocks[108..]);
            for (var part = 0; part < 16; part++)
            {
                var packed = Vector128.Create(blocks[(32 + (part / 8 * 32) + (part % 2 * 16))..]);
                var third = BlockVectors.Bits(Vector128.Create(blocks[(part % 2 * 16)..]), part / 2, 1);
                var quants = BlockVectors.Bits(packed, part % 8 / 2 * 2, 2) | (third << 2);
                BlockVectors.Scale(quants - four, scale * (PartScale(blocks[Scales..], part) - 32), destination[(part * 16)..]);
            }
        }
    }

    private static int PartScale(ReadOnlySpan<byte> scales, int part) =>
        ((scales[part % 8] >> (part / 8 * 4)) & 15) | (((scales[8 + (part % 4)] >> (part / 4 * 2)) & 3) << 4);
}
