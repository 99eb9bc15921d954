using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Execution.Cpu.Int8;

/// <summary>Sixteen lanes in four portable vectors: whatever the hardware has, down to none.</summary>
internal readonly unsafe struct Lanes128(
    Vector128<float> v0, Vector128<float> v1, Vector128<float> v2, Vector128<float> v3) : ILanes<Lanes128>
{
    private readonly Vector128<float> _v0 = v0;
    private readonly Vector128<float> _v1 = v1;
    private readonly Vector128<float> _v2 = v2;
    private readonly Vector128<float> _v3 = v3;

    public static bool IsSupported => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Create(float value)
    {
        var all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) =>
        new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadAsFloat(int* source)
    {
        var bits = Load((float*)source);
        return new(ToFloat(bits._v0), ToFloat(bits._v1), ToFloat(bits._v2), ToFloat(bits._v3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadAsFloat(sbyte* source)
    {
        var (low, high) = Vector128.Widen(Vector128.Load(source));
        var (v0, v1) = Vector128.Widen(low);
        var (v2, v3) = Vector128.Widen(high);
        return new(
            Vector128.ConvertToSingle(v0), Vector128.ConvertToSingle(v1), Vector128.ConvertToSingle(v2), Vector128.ConvertToSingle(v3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Lanes128 value)
    {
        value._v0.Store(destination);
        value._v1.Store(destination + 4);
        value._v2.Store(destination + 8);
        value._v3.Store(destination + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowBytes(byte* destination, Lanes128 value) => Vector128.Narrow(
        Vector128.Narrow(value._v0.AsUInt32(), value._v1.AsUInt32()),
        Vector128.Narrow(value._v2.AsUInt32(), value._v3.AsUInt32())).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) =>
        new(left._v0 + right._v0, left._v1 + right._v1, left._v2 + right._v2, left._v3 + right._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) =>
        new(left._v0 - right._v0, left._v1 - right._v1, left._v2 - right._v2, left._v3 - right._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) =>
        new(left._v0 * right._v0, left._v1 * right._v1, left._v2 * right._v2, left._v3 * right._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) =>
        new(left._v0 / right._v0, left._v1 / right._v1, left._v2 / right._v2, left._v3 / right._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) => new(
        Vector128.FusedMultiplyAdd(a._v0, b._v0, c._v0), Vector128.FusedMultiplyAdd(a._v1, b._v1, c._v1),
        Vector128.FusedMultiplyAdd(a._v2, b._v2, c._v2), Vector128.FusedMultiplyAdd(a._v3, b._v3, c._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LessThan(Lanes128 left, Lanes128 right) => new(
        Vector128.LessThan(left._v0, right._v0), Vector128.LessThan(left._v1, right._v1),
        Vector128.LessThan(left._v2, right._v2), Vector128.LessThan(left._v3, right._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) => Select(LessThan(right, left), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right) => Select(LessThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Select(Lanes128 mask, Lanes128 whereSet, Lanes128 otherwise) => new(
        Vector128.ConditionalSelect(mask._v0, whereSet._v0, otherwise._v0),
        Vector128.ConditionalSelect(mask._v1, whereSet._v1, otherwise._v1),
        Vector128.ConditionalSelect(mask._v2, whereSet._v2, otherwise._v2),
        Vector128.ConditionalSelect(mask._v3, whereSet._v3, otherwise._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 value) =>
        new(Vector128.Abs(value._v0), Vector128.Abs(value._v1), Vector128.Abs(value._v2), Vector128.Abs(value._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MaxOfMagnitudes(Lanes128 left, Lanes128 right) => new(
        Max(left._v0, right._v0), Max(left._v1, right._v1), Max(left._v2, right._v2), Max(left._v3, right._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftIntoExponent(Lanes128 value) => new(Shift(value._v0), Shift(value._v1), Shift(value._v2), Shift(value._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Exchange(Lanes128 value, int distance) => distance switch
    {
        1 => new(Neighbours(value._v0), Neighbours(value._v1), Neighbours(value._v2), Neighbours(value._v3)),
        2 => new(Halves(value._v0), Halves(value._v1), Halves(value._v2), Halves(value._v3)),
        4 => new(value._v1, value._v0, value._v3, value._v2),
        _ => new(value._v2, value._v3, value._v0, value._v1),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes128 value) => value._v0.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadBytes(byte* source) => Load((float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 CreateInteger(int value) => Create(BitConverter.Int32BitsToSingle(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 EvenSigned(Lanes128 bytes) => new(
        (bytes._v0.AsInt16() << 8 >> 8).AsSingle(), (bytes._v1.AsInt16() << 8 >> 8).AsSingle(),
        (bytes._v2.AsInt16() << 8 >> 8).AsSingle(), (bytes._v3.AsInt16() << 8 >> 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 OddSigned(Lanes128 bytes) => new(
        (bytes._v0.AsInt16() >> 8).AsSingle(), (bytes._v1.AsInt16() >> 8).AsSingle(),
        (bytes._v2.AsInt16() >> 8).AsSingle(), (bytes._v3.AsInt16() >> 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 EvenUnsigned(Lanes128 bytes) => new(
        (bytes._v0.AsUInt16() << 8 >>> 8).AsSingle(), (bytes._v1.AsUInt16() << 8 >>> 8).AsSingle(),
        (bytes._v2.AsUInt16() << 8 >>> 8).AsSingle(), (bytes._v3.AsUInt16() << 8 >>> 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 OddUnsigned(Lanes128 bytes) => new(
        (bytes._v0.AsUInt16() >>> 8).AsSingle(), (bytes._v1.AsUInt16() >>> 8).AsSingle(),
        (bytes._v2.AsUInt16() >>> 8).AsSingle(), (bytes._v3.AsUInt16() >>> 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAddPairs(Lanes128 a, Lanes128 b, Lanes128 sum) => new(
        Dot(a._v0, b._v0, sum._v0), Dot(a._v1, b._v1, sum._v1), Dot(a._v2, b._v2, sum._v2), Dot(a._v3, b._v3, sum._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreIntegers(int* destination, Lanes128 value) => Store((float*)destination, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ToFloat(Vector128<float> bits) => Vector128.ConvertToSingle(bits.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Max(Vector128<float> left, Vector128<float> right) =>
        Vector128.Max(left.AsInt32(), right.AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Shift(Vector128<float> value) => Vector128.ShiftLeft(value.AsInt32(), 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Neighbours(Vector128<float> value) => Vector128.Shuffle(value, Vector128.Create(1, 0, 3, 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Halves(Vector128<float> value) => Vector128.Shuffle(value, Vector128.Create(2, 3, 0, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Dot(Vector128<float> a, Vector128<float> b, Vector128<float> sum)
    {
        // The low halves with their signs stretched over the lane, then the high ones.
        var (x, y) = (a.AsInt32(), b.AsInt32());
        var low = Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(x, 16), 16)
            * Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(y, 16), 16);
        var high = Vector128.ShiftRightArithmetic(x, 16) * Vector128.ShiftRightArithmetic(y, 16);
        return (sum.AsInt32() + low + high).AsSingle();
    }
}
