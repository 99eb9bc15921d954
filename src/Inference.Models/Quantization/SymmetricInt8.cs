using System.Numerics;
using System.Numerics.Tensors;

namespace Inference.Models.Quantization;

/// <summary>Rows of float32 as 8-bit integers from -127 to 127 and one scale: x = scale * q, with q = 0 for x = 0.</summary>
internal static class SymmetricInt8
{
    /// <summary>The largest quantised magnitude; -128 is left out, so that a value and its opposite are alike.</summary>
    public const int Maximum = 127;

    /// <summary>
    /// 1.5 * 2^23: the float32 numbers around it are the integers, so that adding it rounds to the nearest, to the even one of two, and
    /// leaves the integer in the low bits.
    /// </summary>
    private const float Rounder = 12_582_912f;

    /// <summary>
    /// Quantises to the nearest step, to the even one of two, and gives the scale, which is max|x| / 127. A row of zeros, or of values so
    /// near zero (below 4e-37) that float32 has no reciprocal of the scale, becomes zeros with scale 0.
    /// </summary>
    /// <returns>The scale; NaN, and nothing is quantised, when a value is not finite.</returns>
    public static float Quantize(ReadOnlySpan<float> row, Span<sbyte> destination)
    {
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(row));
        if (!float.IsFinite(largest))
        {
            return float.NaN;
        }

        var steps = Maximum / largest;
        if (!float.IsFinite(steps))
        {
            destination[..row.Length].Clear();
            return 0;
        }

        Round(row, steps, destination);
        return largest / Maximum;
    }

    /// <summary>No result is beyond ±127: the largest is 127 times one, give or take two roundings.</summary>
    private static void Round(ReadOnlySpan<float> row, float steps, Span<sbyte> destination)
    {
        var (lanes, done) = (Vector<float>.Count, 0);
        for (; done <= row.Length - (4 * lanes); done += 4 * lanes)
        {
            var four = row.Slice(done, 4 * lanes);
            var low = Vector.Narrow(Round(four, steps), Round(four[lanes..], steps));
            var high = Vector.Narrow(Round(four[(2 * lanes)..], steps), Round(four[(3 * lanes)..], steps));
            Vector.Narrow(low, high).CopyTo(destination[done..]);
        }

        for (; done < row.Length; done++)
        {
            destination[done] = (sbyte)MathF.Round(row[done] * steps);
        }
    }

    private static Vector<int> Round(ReadOnlySpan<float> values, float steps) =>
        Vector.AsVectorInt32((new Vector<float>(values) * steps) + new Vector<float>(Rounder))
            - new Vector<int>(BitConverter.SingleToInt32Bits(Rounder));
}
