using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>The upper half of an IEEE 754 binary32, little-endian.</summary>
internal sealed class BFloat16Encoding() : TensorEncoding("BF16", 1, 2)
{
    protected override void DequantizeBlocks(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        var halves = MemoryMarshal.Cast<byte, ushort>(blocks);
        for (; halves.Length >= Vector256<ushort>.Count; halves = halves[Vector256<ushort>.Count..], destination = destination[16..])
        {
            var (low, high) = Vector256.Widen(Vector256.Create(halves));
            (low << 16).AsSingle().CopyTo(destination);
            (high << 16).AsSingle().CopyTo(destination[8..]);
        }

        for (var i = 0; i < halves.Length; i++)
        {
            destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
        }
    }
}
