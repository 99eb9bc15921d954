using System.Runtime.CompilerServices;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// Quantises a row of floats to integers with one scale, value = scale * integer, symmetrically and to the nearest integer. A row whose
/// largest magnitude is
/// below <see cref="Smallest"/> counts as zeros and gets scale 0. A row with NaN or infinity gets scale NaN and integers 0, so that all
/// that is computed from
/// it is NaN too instead of plausible.
/// </summary>
internal static unsafe class RowQuantizer<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>2^-100: magnitudes below are taken for 0, as their inverse could leave the range of floats.</summary>
    public const float Smallest = 7.88860905e-31f;

    // Adding it to a float of up to 2^22 leaves the nearest integer in the lowest bits, as two's complement: 1.5 * 2^23.
    private const float RoundToInteger = 12582912;

    /// <summary>The factor that brings a magnitude to the highest integer, and the scale that undoes it.</summary>
    public static (float Inverse, float Scale) ScaleFor(float magnitude, int highest)
    {
        if (!float.IsFinite(magnitude))
        {
            return (0, float.NaN);
        }

        return magnitude < Smallest ? (0, 0) : (highest / magnitude, magnitude / highest);
    }

    /// <summary>The largest magnitude of a row; NaN if it has one.</summary>
    /// <param name="row">[width].</param>
    /// <param name="width">A multiple of 16.</param>
    public static float Magnitude(float* row, int width)
    {
        var magnitudes = T.Create(0);
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            magnitudes = T.MaxOfMagnitudes(magnitudes, T.Abs(T.Load(row + i)));
        }

        return LaneMath<T>.MaxMagnitude(magnitudes);
    }

    /// <summary>Writes bytes <paramref name="zeroPoint"/> - 127 to <paramref name="zeroPoint"/> + 127.</summary>
    /// <param name="row">[width].</param>
    /// <param name="width">A multiple of 16.</param>
    /// <param name="magnitude">The row's largest magnitude, NaN or infinite if an element is.</param>
    /// <param name="zeroPoint">The byte for 0: 0 makes signed bytes, 128 unsigned ones.</param>
    /// <param name="destination">[width].</param>
    /// <returns>The scale.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float ToBytes(float* row, int width, float magnitude, byte zeroPoint, byte* destination) =>
        Write(row, width, ScaleFor(magnitude, sbyte.MaxValue), zeroPoint, destination);

    /// <summary>Writes bytes 0 to 255, of a row without negative elements.</summary>
    /// <param name="row">[width].</param>
    /// <param name="width">A multiple of 16.</param>
    /// <param name="magnitude">The row's largest element, NaN or infinite if an element is.</param>
    /// <param name="destination">[width]; may be the row's own memory.</param>
    /// <returns>The scale.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float ToUnsignedBytes(float* row, int width, float magnitude, byte* destination) =>
        Write(row, width, ScaleFor(magnitude, byte.MaxValue), 0, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Write(float* row, int width, (float Inverse, float Scale) scale, byte zeroPoint, byte* destination)
    {
        if (float.IsNaN(scale.Scale))
        {
            new Span<byte>(destination, width).Fill(zeroPoint);
            return scale.Scale;
        }

        var factor = T.Create(scale.Inverse);
        var rounding = T.Create(RoundToInteger + zeroPoint);
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            T.StoreLowBytes(destination + i, T.MultiplyAdd(T.Load(row + i), factor, rounding));
        }

        return scale.Scale;
    }
}
