namespace Inference.Models.Quantization;

/// <summary>
/// 32 elements: the exponent e of a scale, 2^(e - 127), then nibbles as in Q4_0, each a float of four bits; their values are kept
/// doubled, so the scale is halved here. (OCP Microscaling Formats 1.0, section 5.)
/// </summary>
internal sealed class MXFP4Encoding() : TensorEncoding("MXFP4", BlockVectors.BlockSize, 17)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[BlockVectors.BlockSize..])
        {
            FourBitValues.Scale(FourBitValues.TwiceE2M1, blocks[1..], HalfScale(blocks[0]), destination);
        }
    }

    /// <summary>2^(e - 128), subnormal for the two smallest exponents.</summary>
    private static float HalfScale(byte exponent) =>
        BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x0020_0000u << exponent : (exponent - 1u) << 23);
}
