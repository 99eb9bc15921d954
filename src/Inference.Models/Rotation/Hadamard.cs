using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inference.Models.Rotation;

/// <summary>
/// Multiplies by orthonormal Hadamard matrices in Sylvester's order (H(1) = 1, H(2n) = [H(n) H(n); H(n) -H(n)] / sqrt 2), which are their
/// own inverses. The fast Walsh-Hadamard transform (Fino and Algazi, 1976): log2(size) passes of sums and differences of elements that lie
/// 1, 2, 4, ... apart. The order of the sums is fixed, so the result is the same to the bit on every machine.
/// </summary>
internal static class Hadamard
{
    /// <summary>Floats of a strip of <see cref="TransformColumns"/>: all passes over it find it in the second-level cache.</summary>
    private const int StripLength = 1 << 15;

    /// <summary>Transforms every block of <paramref name="size"/> neighbouring elements, in place.</summary>
    /// <param name="values">A whole number of blocks.</param>
    /// <param name="size">A power of two.</param>
    public static void Transform(Span<float> values, int size)
    {
        Check(values.Length, size);
        TransformFours(values, size);
        for (var block = values; block.Length > 0; block = block[size..])
        {
            for (var half = 4; half < size; half *= 2)
            {
                for (var start = 0; start < size; start += 2 * half)
                {
                    SumAndDifference(block.Slice(start, half), block.Slice(start + half, half));
                }
            }
        }

        TensorPrimitives.Multiply(values, Norm(size), values);
    }

    /// <summary>Transforms every column of every block of <paramref name="size"/> neighbouring rows, in place.</summary>
    /// <param name="matrix">A whole number of blocks [size, columns], row-major.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="size">A power of two.</param>
    public static void TransformColumns(Span<float> matrix, int columns, int size)
    {
        Check(matrix.Length / columns, size);
        var width = Math.Max(StripLength / size, 1);
        for (var block = matrix; block.Length > 0; block = block[(size * columns)..])
        {
            for (var column = 0; column < columns; column += width)
            {
                TransformStrip(block[column..], columns, Math.Min(width, columns - column), size);
            }
        }

        TensorPrimitives.Multiply(matrix, Norm(size), matrix);
    }

    private static void TransformStrip(Span<float> block, int stride, int width, int size)
    {
        for (var half = 1; half < size; half *= 2)
        {
            for (var row = 0; row < size; row++)
            {
                if ((row & half) == 0)
                {
                    SumAndDifference(block.Slice(row * stride, width), block.Slice((row + half) * stride, width));
                }
            }
        }
    }

    /// <summary>The passes within four neighbouring elements, which fit into one vector.</summary>
    private static void TransformFours(Span<float> values, int size)
    {
        var (oddSigns, highSigns) = (Vector128.Create(1f, -1, 1, -1), Vector128.Create(1f, 1, -1, -1));
        if (size == 2)
        {
            for (var i = 0; i < values.Length; i += 2)
            {
                (values[i], values[i + 1]) = (values[i] + values[i + 1], values[i] - values[i + 1]);
            }
        }
        else if (size > 2)
        {
            foreach (ref var four in MemoryMarshal.Cast<float, Vector128<float>>(values))
            {
                four = Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2)) + (four * oddSigns);
                four = Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)) + (four * highSigns);
            }
        }
    }

    private static void SumAndDifference(Span<float> first, Span<float> second)
    {
        var done = 0;
        for (; done <= first.Length - Vector<float>.Count; done += Vector<float>.Count)
        {
            var (a, b) = (new Vector<float>(first[done..]), new Vector<float>(second[done..]));
            (a + b).CopyTo(first[done..]);
            (a - b).CopyTo(second[done..]);
        }

        for (; done < first.Length; done++)
        {
            (first[done], second[done]) = (first[done] + second[done], first[done] - second[done]);
        }
    }

    private static float Norm(int size) => (float)(1 / Math.Sqrt(size));

    private static void Check(int length, int size)
    {
        if (!int.IsPow2(size) || length % size != 0)
        {
            throw new ArgumentException($"{length} elements are no whole number of blocks of {size}, a power of two.", nameof(size));
        }
    }
}
