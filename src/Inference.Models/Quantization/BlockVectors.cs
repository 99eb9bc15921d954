using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>
/// The pieces that quantised blocks of 32 are decoded with, 16 elements at a time. They are written over spans with cross-platform
/// vectors: the JIT compiles them to AVX2 or AVX-512 (or pairs of 128-bit operations elsewhere), and a wrong length throws instead of
/// touching foreign memory.
/// </summary>
internal static class BlockVectors
{
    /// <summary>Elements in a block of the classic ggml types.</summary>
    public const int BlockSize = 32;

    /// <summary>The low four bits of 16 bytes: elements 0 to 15 of a 4-bit block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> LowNibbles(Vector128<byte> packed) => (packed & Vector128.Create((byte)0x0F)).AsSByte();

    /// <summary>The high four bits of 16 bytes: elements 16 to 31 of a 4-bit block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> HighNibbles(Vector128<byte> packed) => (packed >>> 4).AsSByte();

    /// <summary>Some bits of each of 16 bytes.</summary>
    /// <param name="packed">The bytes.</param>
    /// <param name="shift">The lowest bit to take.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Bits(Vector128<byte> packed, int shift, int count) =>
        ((packed >>> shift) & Vector128.Create((byte)((1 << count) - 1))).AsSByte();

    /// <summary>0x10 in byte i where bit i is set, else 0: the fifth bits of 16 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> FifthBits(ushort bits) => Masks(bits) & Vector128.Create((sbyte)0x10);

    /// <summary>All ones in byte i where bit i is set, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Masks(ushort bits)
    {
        var spread = Vector128.Shuffle(
            Vector128.Create(bits).AsByte(),
            Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        var mask = Vector128.Create(0x8040_2010_0804_0201UL).AsByte();
        return Vector128.Equals(spread & mask, mask).AsSByte();
    }

    /// <summary>Writes 16 elements: value * scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(Vector128<sbyte> values, float scale, Span<float> destination)
    {
        var (low, high) = ToSingle(values);
        var scales = Vector256.Create(scale);
        (low * scales).CopyTo(destination);
        (high * scales).CopyTo(destination[8..]);
    }

    /// <summary>
    /// Writes 16 elements: value * scale + minimum. The product of 11 and 8 bits is exact in float32; only the sum rounds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAndAdd(Vector128<sbyte> values, float scale, float minimum, Span<float> destination)
    {
        var (low, high) = ToSingle(values);
        var scales = Vector256.Create(scale);
        var minimums = Vector256.Create(minimum);
        ((low * scales) + minimums).CopyTo(destination);
        ((high * scales) + minimums).CopyTo(destination[8..]);
    }

    /// <summary>A float16 of the block's header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Half(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) ToSingle(Vector128<sbyte> values)
    {
        var (low, high) = Vector256.Widen(Vector256.WidenLower(values.ToVector256()));
        return (Vector256.ConvertToSingle(low), Vector256.ConvertToSingle(high));
    }
}
