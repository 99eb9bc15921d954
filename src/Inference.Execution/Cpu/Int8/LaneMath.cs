using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu.Int8;

/// <summary>What several kernels compute with lanes; the order of every sum is fixed.</summary>
internal static unsafe class LaneMath<T>
    where T : unmanaged, ILanes<T>
{
    // Adding it leaves a float's nearest integer, plus 127, in the lowest bits: 1.5 * 2^23 + 127.
    private const float RoundToBiasedExponent = 12582912 + 127;

    private static ReadOnlySpan<float> Indices => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private static ReadOnlySpan<float> AlternatingSigns =>
    [
        1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1,
        1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1,
        1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1,
        1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1,
    ];

    /// <summary>The number of each lane, from <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T IndicesFrom(int first) => T.Create(first) + T.Load(Constant(Indices, 0));

    /// <summary>
    /// 1 for lanes without the bit <paramref name="distance"/> in their number, -1 for those with it; the distance is 1, 2, 4 or 8.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Signs(int distance) => T.Load(Constant(AlternatingSigns, BitOperations.Log2((uint)distance) * ILanes<T>.Count));

    /// <summary>2^x for x in [-126, 127], within 2e-7 of it; NaN for NaN, unspecified elsewhere.</summary>
    /// <remarks>2^n * 2^f with |f| at most 1/2; 2^f by the polynomial of degree 5 with constant 1 and the least relative error
    /// (Remez).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp2(T x)
    {
        var rounded = x + T.Create(RoundToBiasedExponent);
        var f = x - (rounded - T.Create(RoundToBiasedExponent));
        var p = T.MultiplyAdd(T.Create(0.0013264727f), f, T.Create(0.00967151264f));
        p = T.MultiplyAdd(p, f, T.Create(0.0555073374f));
        p = T.MultiplyAdd(p, f, T.Create(0.240222421f));
        p = T.MultiplyAdd(p, f, T.Create(0.693146978f));
        p = T.MultiplyAdd(p, f, T.Create(1));

        // A product, not a sum of exponents: it keeps NaN.
        return p * T.ShiftIntoExponent(rounded);
    }

    /// <summary>The sum of all lanes: of halves, of their halves, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(T value)
    {
        value += T.Exchange(value, 8);
        value += T.Exchange(value, 4);
        value += T.Exchange(value, 2);
        value += T.Exchange(value, 1);
        return T.First(value);
    }

    /// <summary>The largest lane of floats without a sign; NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxMagnitude(T value)
    {
        value = T.MaxOfMagnitudes(value, T.Exchange(value, 8));
        value = T.MaxOfMagnitudes(value, T.Exchange(value, 4));
        value = T.MaxOfMagnitudes(value, T.Exchange(value, 2));
        value = T.MaxOfMagnitudes(value, T.Exchange(value, 1));
        return T.First(value);
    }

    /// <summary>The largest lane, where none is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(T value)
    {
        value = T.Max(value, T.Exchange(value, 8));
        value = T.Max(value, T.Exchange(value, 4));
        value = T.Max(value, T.Exchange(value, 2));
        value = T.Max(value, T.Exchange(value, 1));
        return T.First(value);
    }

    // The spans above are data of the assembly, which does not move.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Constant(ReadOnlySpan<float> data, int offset) =>
        (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(data)) + offset;
}
