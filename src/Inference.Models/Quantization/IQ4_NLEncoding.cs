namespace Inference.Models.Quantization;

/// <summary>
/// 32 elements: a float16 scale d, then nibbles as in Q4_0, each the index of one of <see cref="FourBitValues.NonLinear"/>; value * d.
/// </summary>
internal sealed class IQ4_NLEncoding() : TensorEncoding("IQ4_NL", BlockVectors.BlockSize, 18)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[BlockVectors.BlockSize..])
        {
            FourBitValues.Scale(FourBitValues.NonLinear, blocks[2..], BlockVectors.Half(blocks), destination);
        }
    }
}
