using System.Runtime.CompilerServices;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// The fast Walsh-Hadamard transform in Sylvester's order, in place and without the division by the square root of its size. log2(size)
/// stages of sums and
/// differences of elements a power of two apart: those within a value's lanes first, then those across values.
/// </summary>
internal static unsafe class HadamardTransform<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Transforms every block of a row.</summary>
    /// <param name="row">[width].</param>
    /// <param name="width">A multiple of 16 and of <paramref name="size"/>.</param>
    /// <param name="size">A power of two.</param>
    public static void Apply(float* row, int width, int size)
    {
        if (size < 4 * ILanes<T>.Count)
        {
            WithinLanes(row, width, Math.Min(size, ILanes<T>.Count));
            Across(row, width, size, ILanes<T>.Count);
            return;
        }

        FirstSixStages(row, width);
        var stride = 4 * ILanes<T>.Count;
        for (; stride * 8 <= size; stride *= 8)
        {
            ThreeStages(row, width, stride);
        }

        Across(row, width, size, stride);
    }

    private static void WithinLanes(float* row, int width, int size)
    {
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            var x = T.Load(row + i);
            x = size > 1 ? Stage(x, 1) : x;
            x = size > 2 ? Stage(x, 2) : x;
            x = size > 4 ? Stage(x, 4) : x;
            x = size > 8 ? Stage(x, 8) : x;
            T.Store(row + i, x);
        }
    }

    // The stages from a stride on, one by one.
    private static void Across(float* row, int width, int size, int stride)
    {
        for (; stride < size; stride *= 2)
        {
            for (var block = 0; block < width; block += 2 * stride)
            {
                for (var i = block; i < block + stride; i += ILanes<T>.Count)
                {
                    var x = T.Load(row + i);
                    var y = T.Load(row + i + stride);
                    T.Store(row + i, x + y);
                    T.Store(row + i + stride, x - y);
                }
            }
        }
    }

    // Strides 1 to 8 within the lanes, 16 and 32 across four neighbouring values.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FirstSixStages(float* row, int width)
    {
        for (var i = 0; i < width; i += 4 * ILanes<T>.Count, row += 4 * ILanes<T>.Count)
        {
            var a = FourStages(T.Load(row));
            var b = FourStages(T.Load(row + ILanes<T>.Count));
            var c = FourStages(T.Load(row + 2 * ILanes<T>.Count));
            var d = FourStages(T.Load(row + 3 * ILanes<T>.Count));
            (a, b, c, d) = (a + b, a - b, c + d, c - d);
            T.Store(row, a + c);
            T.Store(row + ILanes<T>.Count, b + d);
            T.Store(row + 2 * ILanes<T>.Count, a - c);
            T.Store(row + 3 * ILanes<T>.Count, b - d);
        }
    }

    // Strides of stride, 2 * stride and 4 * stride across eight values.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThreeStages(float* row, int width, int stride)
    {
        for (var block = 0; block < width; block += 8 * stride)
        {
            for (var i = block; i < block + stride; i += ILanes<T>.Count)
            {
                var p = row + i;
                T a = T.Load(p), b = T.Load(p + stride), c = T.Load(p + 2 * stride), d = T.Load(p + 3 * stride);
                (a, b, c, d) = (a + b, a - b, c + d, c - d);
                (a, b, c, d) = (a + c, b + d, a - c, b - d);
                p += 4 * stride;
                T e = T.Load(p), f = T.Load(p + stride), g = T.Load(p + 2 * stride), h = T.Load(p + 3 * stride);
                (e, f, g, h) = (e + f, e - f, g + h, g - h);
                (e, f, g, h) = (e + g, f + h, e - g, f - h);
                T.Store(p, a - e);
                T.Store(p + stride, b - f);
                T.Store(p + 2 * stride, c - g);
                T.Store(p + 3 * stride, d - h);
                p -= 4 * stride;
                T.Store(p, a + e);
                T.Store(p + stride, b + f);
                T.Store(p + 2 * stride, c + g);
                T.Store(p + 3 * stride, d + h);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T FourStages(T x) => Stage(Stage(Stage(Stage(x, 1), 2), 4), 8);

    // Lane i and lane i + distance become their sum and their difference.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Stage(T x, int distance) => T.MultiplyAdd(x, LaneMath<T>.Signs(distance), T.Exchange(x, distance));
}
