using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// 256 elements: a float16 d; 64 bytes, each the index of a quadruple of <see cref="IQ3_SCodebook"/>; 8 bytes of the indices' ninth bits;
/// 32 bytes of signs, a bit each; 4 bytes of nibbles s, each the scale of 32 elements; ±element * (d * (1 + 2 * s)).
/// </summary>
internal sealed class IQ3_SEncoding() : TensorEncoding("IQ3_S", SuperBlocks.Size, 110)
{
    private const int NinthBits = 66;
    private const int Signs = 74;
    private const int Scales = 106;

    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        var quadruples = IQ3_SCodebook.Quadruples;
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[SuperBlocks.Size..])
        {
            var scale = BlockVectors.Half(blocks);
            for (var part = 0; part < 16; part++)
            {
                var indices = blocks[(2 + (part * 4))..];
                var ninth = blocks[NinthBits + (part / 2)] >> (part % 2 * 4);
                var values = Vector128.Create(
                    quadruples[indices[0] | ((ninth & 1) << 8)],
                    quadruples[indices[1] | ((ninth & 2) << 7)],
                    quadruples[indices[2] | ((ninth & 4) << 6)],
                    quadruples[indices[3] | ((ninth & 8) << 5)]).AsSByte();

                // Two's complement where the sign's bit is set.
                var negative = BlockVectors.Masks(BinaryPrimitives.ReadUInt16LittleEndian(blocks[(Signs + (part * 2))..]));
                var steps = (blocks[Scales + (part / 4)] >> (part / 2 % 2 * 4)) & 15;
                BlockVectors.Scale((values ^ negative) - negative, scale * (1 + (2 * steps)), destination[(part * 16)..]);
            }
        }
    }
}
