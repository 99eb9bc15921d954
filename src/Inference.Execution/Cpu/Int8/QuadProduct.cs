using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Inference.Execution.Cpu.Int8.Generated;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// The integer product at the heart of attention: C[rows, 32] = starts + A[rows, depth] · B[depth, 32], bytes with a sign times bytes
/// without, exact. Four depths of one row are broadcast to all lanes and multiplied with those of 16 columns, so that no sum crosses lanes.
/// </summary>
internal static unsafe class QuadProduct<T>
    where T : unmanaged, ILanes<T>
{
    private const int RowsInRegisters = 4;

    /// <summary>Computes 32 columns.</summary>
    /// <param name="a">Rows <paramref name="aStride"/> bytes apart; signed where B is not, and the other way round.</param>
    /// <param name="aStride">Bytes from a row of A to the next; a multiple of four.</param>
    /// <param name="b">The columns.</param>
    /// <param name="starts">[rows]: what all sums of a row begin with.</param>
    /// <param name="c">Rows <paramref name="cStride"/> elements apart.</param>
    /// <param name="cStride">Elements from a row of C to the next.</param>
    /// <param name="rows">Any number.</param>
    public static void Compute(byte* a, int aStride, in QuadPanels b, int* starts, int* c, int cStride, int rows)
    {
        if (typeof(T) == typeof(Lanes512) && VnniQuadCode.IsSupported)
        {
            VnniQuadCode.Run(a, aStride, b, starts, c, cStride, rows);
            return;
        }

        var left = new Columns { Panels = b.Left, Offset = b.LeftOffset, Ahead = b.Ahead };
        var right = new Columns { Panels = b.Right, Offset = b.RightOffset };
        for (var row = 0; row < rows; row += RowsInRegisters, left.Ahead = null)
        {
            var block = new Rows
            {
                A = a + (long)row * aStride, AStride = aStride, Starts = starts + row,
                C = c + (long)row * cStride, CStride = cStride, Count = Math.Min(rows - row, RowsInRegisters),
            };
            ComputeFew(block, b, left);
            block.C += ILanes<T>.Count;
            ComputeFew(block, b, right);
        }
    }

    private static void ComputeFew(in Rows rows, in QuadPanels b, in Columns columns)
    {
        if (b.IsUnsigned)
        {
            ComputeFew<Yes>(rows, b, columns);
        }
        else
        {
            ComputeFew<No>(rows, b, columns);
        }
    }

    private static void ComputeFew<TUnsigned>(in Rows rows, in QuadPanels b, in Columns columns)
        where TUnsigned : struct, IChoice
    {
        switch (rows.Count)
        {
            case 4:
                ComputeFew<Four, TUnsigned>(rows, b, columns);
                break;
            case 3:
                ComputeFew<Three, TUnsigned>(rows, b, columns);
                break;
            case 2:
                ComputeFew<Two, TUnsigned>(rows, b, columns);
                break;
            case 1:
                ComputeFew<One, TUnsigned>(rows, b, columns);
                break;
        }
    }

    // Small and without calls, and the number of rows a constant: so that the JIT keeps all sums in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ComputeFew<TRows, TUnsigned>(in Rows rows, in QuadPanels b, in Columns columns)
        where TRows : struct, IRowCount
        where TUnsigned : struct, IChoice
    {
        T s0 = T.CreateInteger(rows.Starts[0]), s1 = s0, s2 = s0, s3 = s0;
        s1 = TRows.Count > 1 ? T.CreateInteger(rows.Starts[1]) : s1;
        s2 = TRows.Count > 2 ? T.CreateInteger(rows.Starts[2]) : s2;
        s3 = TRows.Count > 3 ? T.CreateInteger(rows.Starts[3]) : s3;
        var a = rows.A;
        nint a1 = rows.AStride, a2 = 2 * a1, a3 = 3 * a1, stride = b.Stride, offset = 0;
        var ahead = columns.Ahead;
        for (var panel = 0; panel < b.Count; panel++)
        {
            var column = columns.Panels[panel] + columns.Offset;
            for (var quad = 0; quad < b.Quads; quad++)
            {
                var bytes = T.LoadBytes(column);
                var (even, odd) = TUnsigned.Value
                    ? (T.EvenUnsigned(bytes), T.OddUnsigned(bytes))
                    : (T.EvenSigned(bytes), T.OddSigned(bytes));
                s0 = MultiplyAdd<TUnsigned>(*(int*)a, even, odd, s0);
                s1 = TRows.Count > 1 ? MultiplyAdd<TUnsigned>(*(int*)(a + a1), even, odd, s1) : s1;
                s2 = TRows.Count > 2 ? MultiplyAdd<TUnsigned>(*(int*)(a + a2), even, odd, s2) : s2;
                s3 = TRows.Count > 3 ? MultiplyAdd<TUnsigned>(*(int*)(a + a3), even, odd, s3) : s3;
                if (ahead != null && Sse.IsSupported)
                {
                    Sse.Prefetch0(ahead[0] + offset);
                    Sse.Prefetch0(ahead[1] + offset);
                    Sse.Prefetch0(ahead[2] + offset);
                    Sse.Prefetch0(ahead[3] + offset);
                    offset += QuadPanels.BytesAhead;
                }

                column += stride;
                a += QuadPanels.Depths;
            }
        }

        var c = rows.C;
        T.StoreIntegers(c, s0);
        if (TRows.Count > 1)
        {
            T.StoreIntegers(c + rows.CStride, s1);
        }

        if (TRows.Count > 2)
        {
            T.StoreIntegers(c + 2 * rows.CStride, s2);
        }

        if (TRows.Count > 3)
        {
            T.StoreIntegers(c + 3 * rows.CStride, s3);
        }
    }

    // Bytes 0 and 2 of a lane, then 1 and 3, each pair as integers of 16 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T MultiplyAdd<TUnsigned>(int quad, T even, T odd, T sum)
        where TUnsigned : struct, IChoice
    {
        var row = T.CreateInteger(quad);
        sum = T.MultiplyAddPairs(TUnsigned.Value ? T.EvenSigned(row) : T.EvenUnsigned(row), even, sum);
        return T.MultiplyAddPairs(TUnsigned.Value ? T.OddSigned(row) : T.OddUnsigned(row), odd, sum);
    }

    private interface IRowCount
    {
        static abstract int Count { get; }
    }

    private interface IChoice
    {
        static abstract bool Value { get; }
    }

    /// <summary>Up to four rows, and where their sums go.</summary>
    private struct Rows
    {
        public byte* A;
        public nint AStride;
        public int* Starts;
        public int* C;
        public int CStride;
        public int Count;
    }

    /// <summary>Sixteen columns, and what is fetched while they are computed.</summary>
    private struct Columns
    {
        public byte** Panels;
        public int Offset;
        public byte** Ahead;
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
