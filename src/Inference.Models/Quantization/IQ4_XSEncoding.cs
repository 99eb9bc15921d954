using System.Buffers.Binary;

namespace Inference.Models.Quantization;

/// <summary>
/// 256 elements in 8 parts: a float16 d, the upper two bits of the parts' scales in two bytes, the lower four in four bytes, then each
/// part's 16 bytes of nibbles as in IQ4_NL; value * (d * (scale - 32)).
/// </summary>
internal sealed class IQ4_XSEncoding() : TensorEncoding("IQ4_XS", SuperBlocks.Size, 136)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[SuperBlocks.Size..])
        {
            var scale = BlockVectors.Half(blocks);
            var upper = BinaryPrimitives.ReadUInt16LittleEndian(blocks[2..]);
            for (var part = 0; part < 8; part++)
            {
                var partScale = ((blocks[4 + (part / 2)] >> (part % 2 * 4)) & 15) | (((upper >> (part * 2)) & 3) << 4);
                FourBitValues.Scale(
                    FourBitValues.NonLinear, blocks[(8 + (part * 16))..], scale * (partScale - 32), destination[(part * 32)..]);
            }
        }
    }
}
