using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Execution.Cpu;

/// <summary>
/// The small matrix product at the heart of attention: C += A · B for a few rows of A. Each element of C is summed in the order of the
/// depth, one fused
/// multiply-add at a time, so that a row's result does not depend on how many rows are computed with it.
/// </summary>
internal static unsafe class MatrixKernel
{
    /// <summary>C[rows, columns] += A[rows, depth] · B[depth, columns].</summary>
    /// <param name="a">Rows <paramref name="aStride"/> floats apart.</param>
    /// <param name="aStride">Floats from a row of A to the next.</param>
    /// <param name="b">Rows <paramref name="bStride"/> floats apart.</param>
    /// <param name="bStride">Floats from a row of B to the next.</param>
    /// <param name="c">Rows <paramref name="cStride"/> floats apart.</param>
    /// <param name="cStride">Floats from a row of C to the next.</param>
    /// <param name="rows">Any number.</param>
    /// <param name="depth">Any number.</param>
    /// <param name="columns">A multiple of the vector length.</param>
    public static void MultiplyAdd(float* a, int aStride, float* b, int bStride, float* c, int cStride, int rows, int depth, int columns)
    {
        var column = 0;
        for (; column <= columns - 2 * Vector<float>.Count; column += 2 * Vector<float>.Count)
        {
            var row = 0;
            for (; row <= rows - 4; row += 4)
            {
                FourByTwo(a + row * aStride, aStride, b + column, bStride, c + row * cStride + column, cStride, depth);
            }

            for (; row < rows; row++)
            {
                OneByTwo(a + row * aStride, b + column, bStride, c + row * cStride + column, depth);
            }
        }

        if (column < columns)
        {
            for (var row = 0; row < rows; row++)
            {
                OneByOne(a + row * aStride, b + column, bStride, c + row * cStride + column, depth);
            }
        }
    }

    // Small, call-free methods: in a large one the JIT keeps accumulators on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourByTwo(float* a, int aStride, float* b, int bStride, float* c, int cStride, int depth)
    {
        var a1 = a + aStride;
        var a2 = a1 + aStride;
        var a3 = a2 + aStride;
        var c1 = c + cStride;
        var c2 = c1 + cStride;
        var c3 = c2 + cStride;
        Vector<float> s00 = Vector.Load(c), s01 = Vector.Load(c + Vector<float>.Count);
        Vector<float> s10 = Vector.Load(c1), s11 = Vector.Load(c1 + Vector<float>.Count);
        Vector<float> s20 = Vector.Load(c2), s21 = Vector.Load(c2 + Vector<float>.Count);
        Vector<float> s30 = Vector.Load(c3), s31 = Vector.Load(c3 + Vector<float>.Count);
        for (var k = 0; k < depth; k++, b += bStride)
        {
            var b0 = Vector.Load(b);
            var b1 = Vector.Load(b + Vector<float>.Count);
            var x = new Vector<float>(a[k]);
            s00 = Vector.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector.FusedMultiplyAdd(x, b1, s01);
            x = new Vector<float>(a1[k]);
            s10 = Vector.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector.FusedMultiplyAdd(x, b1, s11);
            x = new Vector<float>(a2[k]);
            s20 = Vector.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector.FusedMultiplyAdd(x, b1, s21);
            x = new Vector<float>(a3[k]);
            s30 = Vector.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector.FusedMultiplyAdd(x, b1, s31);
        }

        s00.Store(c);
        s01.Store(c + Vector<float>.Count);
        s10.Store(c1);
        s11.Store(c1 + Vector<float>.Count);
        s20.Store(c2);
        s21.Store(c2 + Vector<float>.Count);
        s30.Store(c3);
        s31.Store(c3 + Vector<float>.Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneByTwo(float* a, float* b, int bStride, float* c, int depth)
    {
        var s0 = Vector.Load(c);
        var s1 = Vector.Load(c + Vector<float>.Count);
        for (var k = 0; k < depth; k++, b += bStride)
        {
            var x = new Vector<float>(a[k]);
            s0 = Vector.FusedMultiplyAdd(x, Vector.Load(b), s0);
            s1 = Vector.FusedMultiplyAdd(x, Vector.Load(b + Vector<float>.Count), s1);
        }

        s0.Store(c);
        s1.Store(c + Vector<float>.Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneByOne(float* a, float* b, int bStride, float* c, int depth)
    {
        var s0 = Vector.Load(c);
        for (var k = 0; k < depth; k++, b += bStride)
        {
            s0 = Vector.FusedMultiplyAdd(new Vector<float>(a[k]), Vector.Load(b), s0);
        }

        s0.Store(c);
    }
}
