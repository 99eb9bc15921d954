using System.Buffers.Binary;

namespace Inference.Models.Tests.Quantization;

/// <summary>The formats' definitions, one element at a time: what the vectorised code must equal to the bit.</summary>
internal static class ScalarDequantizer
{
    public static float[] Dequantize(string type, ReadOnlySpan<byte> bytes)
    {
        var (elements, size) = type switch
        {
            "F32" => (1, 4),
            "F16" or "BF16" => (1, 2),
            "Q4_0" => (32, 18),
            "Q4_1" => (32, 20),
            "Q5_0" => (32, 22),
            "Q5_1" => (32, 24),
            "Q8_0" => (32, 34),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
        var result = new float[bytes.Length / size * elements];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Element(type, bytes.Slice(i / elements * size, size), i % elements);
        }

        return result;
    }

    private static float Element(string type, ReadOnlySpan<byte> block, int i)
    {
        switch (type)
        {
            case "F32":
                return BinaryPrimitives.ReadSingleLittleEndian(block);
            case "F16":
                return Half(block);
            case "BF16":
                return BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(block) << 16);
            case "Q4_0":
                return Half(block) * (Nibble(block[2..], i) - 8);
            case "Q4_1":
                return Sum(Half(block) * Nibble(block[4..], i), Half(block[2..]));
            case "Q5_0":
                return Half(block) * (Nibble(block[6..], i) + FifthBit(block[2..], i) - 16);
            case "Q5_1":
                return Sum(Half(block) * (Nibble(block[8..], i) + FifthBit(block[4..], i)), Half(block[2..]));
            default:
                return Half(block) * (sbyte)block[2 + i];
        }
    }

    private static float Half(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    private static int Nibble(ReadOnlySpan<byte> nibbles, int i) => i < 16 ? nibbles[i] & 15 : nibbles[i - 16] >> 4;

    private static int FifthBit(ReadOnlySpan<byte> bits, int i) => ((bits[i / 8] >> (i % 8)) & 1) << 4;

    private static float Sum(float product, float minimum) => product + minimum;
}
