using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Inference.Models.Quantization;

/// <summary>IEEE 754 binary16, little-endian.</summary>
internal sealed class Float16Encoding() : TensorEncoding("F16", 1, 2)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination) =>
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(blocks), destination);
}
