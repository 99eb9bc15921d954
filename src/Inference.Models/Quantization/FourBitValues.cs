using System.Runtime.Intrinsics;

namespace Inference.Models.Quantization;

/// <summary>The numbers that nibbles stand for in types whose steps are not even.</summary>
internal static class FourBitValues
{
    /// <summary>IQ4_NL and IQ4_XS: steps that grow away from zero.</summary>
    public static Vector128<sbyte> NonLinear =>
        Vector128.Create((sbyte)-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    /// <summary>
    /// MXFP4: twice what a float of one sign, two exponent and one mantissa bits is (OCP Microscaling Formats 1.0, section 5.3.3).
    /// </summary>
    public static Vector128<sbyte> TwiceE2M1 => Vector128.Create((sbyte)0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    /// <summary>Writes 32 elements: those of the low halves of 16 bytes, then those of the high halves, times a scale.</summary>
    public static void Scale(Vector128<sbyte> values, ReadOnlySpan<byte> nibbles, float scale, Span<float> destination)
    {
        var packed = Vector128.Create(nibbles);
        BlockVectors.Scale(Vector128.Shuffle(values, BlockVectors.LowNibbles(packed)), scale, destination);
        BlockVectors.Scale(Vector128.Shuffle(values, BlockVectors.HighNibbles(packed)), scale, destination[16..]);
    }
}
