using System.Runtime.InteropServices;

namespace Inference.Models.Quantization;

/// <summary>IEEE 754 binary32, little-endian.</summary>
internal sealed class Float32Encoding() : TensorEncoding("F32", 1, 4)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination) =>
        blocks.CopyTo(MemoryMarshal.AsBytes(destination));
}
