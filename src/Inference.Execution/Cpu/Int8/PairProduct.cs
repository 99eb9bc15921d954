using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Inference.Execution.Cpu.Int8.Generated;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// The integer product at the heart of attention: C[rows, 32] = A[rows, depth] · B[depth, 32], A in 16 bits and B in 8, exact. A pair of
/// depths of one row is
/// broadcast to all lanes and multiplied with that pair of 16 columns, so that no sum crosses lanes.
/// </summary>
internal static unsafe class PairProduct<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Computes 32 columns.</summary>
    /// <param name="a">Rows <paramref name="aStride"/> elements apart.</param>
    /// <param name="aStride">Elements from a row of A to the next; even.</param>
    /// <param name="b">The columns.</param>
    /// <param name="c">Rows <paramref name="cStride"/> elements apart.</param>
    /// <param name="cStride">Elements from a row of C to the next.</param>
    /// <param name="rows">Any number.</param>
    public static void Compute(short* a, int aStride, in PairPanels b, int* c, int cStride, int rows)
    {
        if (typeof(T) == typeof(Lanes512) && VnniPairCode.IsSupported)
        {
            VnniPairCode.Run(a, aStride, b, c, cStride, rows);
            return;
        }

        var first = Math.Min(rows, T.RowsInRegisters);
        if (b.Ahead == null)
        {
            ComputeFew<No>(a, aStride, b, c, cStride, first);
        }
        else
        {
            ComputeFew<Yes>(a, aStride, b, c, cStride, first);
        }

        for (var row = first; row < rows; row += T.RowsInRegisters)
        {
            ComputeFew<No>(a + (long)row * aStride, aStride, b, c + (long)row * cStride, cStride, Math.Min(rows - row, T.RowsInRegisters));
        }
    }

    private static void ComputeFew<TAhead>(short* a, int aStride, in PairPanels b, int* c, int cStride, int rows)
        where TAhead : struct, IChoice
    {
        switch (rows)
        {
            case 4:
                Compute<Four, TAhead>(a, aStride, b, c, cStride);
                break;
            case 3:
                Compute<Three, TAhead>(a, aStride, b, c, cStride);
                break;
            case 2:
                Compute<Two, TAhead>(a, aStride, b, c, cStride);
                break;
            case 1:
                Compute<One, TAhead>(a, aStride, b, c, cStride);
                break;
        }
    }

    // Small and without calls, and the number of rows a constant: so that the JIT keeps all sums in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Compute<TRows, TAhead>(short* a, int aStride, in PairPanels b, int* c, int cStride)
        where TRows : struct, IRowCount
        where TAhead : struct, IChoice
    {
        T s00 = T.ZeroPairs, s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        nint stride = b.Stride;
        nint a1 = aStride, a2 = 2 * a1, a3 = 3 * a1;
        sbyte* ahead0 = null, ahead1 = null, ahead2 = null, ahead3 = null;
        if (TAhead.Value)
        {
            ahead0 = b.Ahead[0];
            ahead1 = b.Ahead[1];
            ahead2 = b.Ahead[2];
            ahead3 = b.Ahead[3];
        }

        nint offset = 0;
        var count = b.Count;
        var pairs = b.Pairs;
        for (var panel = 0; panel < count; panel++)
        {
            var left = b.Left[panel] + b.LeftOffset;
            var right = b.Right[panel] + b.RightOffset;
            for (var pair = 0; pair < pairs; pair++)
            {
                var x0 = T.LoadPairs(left);
                var x1 = T.LoadPairs(right);
                var row = T.CreatePairs(*(int*)a);
                s00 = T.MultiplyAddPairs(x0, row, s00);
                s01 = T.MultiplyAddPairs(x1, row, s01);
                if (TRows.Count > 1)
                {
                    row = T.CreatePairs(*(int*)(a + a1));
                    s10 = T.MultiplyAddPairs(x0, row, s10);
                    s11 = T.MultiplyAddPairs(x1, row, s11);
                }

                if (TRows.Count > 2)
                {
                    row = T.CreatePairs(*(int*)(a + a2));
                    s20 = T.MultiplyAddPairs(x0, row, s20);
                    s21 = T.MultiplyAddPairs(x1, row, s21);
                }

                if (TRows.Count > 3)
                {
                    row = T.CreatePairs(*(int*)(a + a3));
                    s30 = T.MultiplyAddPairs(x0, row, s30);
                    s31 = T.MultiplyAddPairs(x1, row, s31);
                }

                if (TAhead.Value && Sse.IsSupported)
                {
                    Sse.Prefetch0(ahead0 + offset);
                    Sse.Prefetch0(ahead1 + offset);
                    Sse.Prefetch0(ahead2 + offset);
                    Sse.Prefetch0(ahead3 + offset);
                    offset += 32;
                }

                left += stride;
                right += stride;
                a += 2;
            }
        }

        Store(c, s00, s01);
        if (TRows.Count > 1)
        {
            Store(c + cStride, s10, s11);
        }

        if (TRows.Count > 2)
        {
            Store(c + 2 * cStride, s20, s21);
        }

        if (TRows.Count > 3)
        {
            Store(c + 3 * cStride, s30, s31);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(int* c, T left, T right)
    {
        T.StoreIntegers(c, left);
        T.StoreIntegers(c + ILanes<T>.Count, right);
    }

    private interface IRowCount
    {
        static abstract int Count { get; }
    }

    private interface IChoice
    {
        static abstract bool Value { get; }
    }

    private readonly struct Yes : IChoice
    {
        public static bool Value => true;
    }

    private readonly struct No : IChoice
    {
        public static bool Value => false;
    }

    private readonly struct One : IRowCount
    {
        public static int Count => 1;
    }

    private readonly struct Two : IRowCount
    {
        public static int Count => 2;
    }

    private readonly struct Three : IRowCount
    {
        public static int Count => 3;
    }

    private readonly struct Four : IRowCount
    {
        public static int Count => 4;
    }
}
