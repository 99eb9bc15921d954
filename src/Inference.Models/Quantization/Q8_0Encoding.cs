using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>32 elements: a float16 scale d, then 32 signed bytes q; q * d.</summary>
internal sealed class Q8_0Encoding() : TensorEncoding("Q8_0", BlockVectors.BlockSize, 34)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        for (; !blocks.IsEmpty; blocks = blocks[BytesPerBlock..], destination = destination[BlockVectors.BlockSize..])
        {
            var scale = BlockVectors.Half(blocks);
            BlockVectors.Scale(Vector128.Create(blocks[2..]).AsSByte(), scale, destination);
            BlockVectors.Scale(Vector128.Create(blocks[18..]).AsSByte(), scale, destination[16..]);
        }
    }
}
