using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Execution.Cpu.Int8;

/// <summary>Sixteen lanes in two AVX2 registers.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> lower, Vector256<float> upper) : ILanes<Lanes256>
{
    private readonly Vector256<float> _lower = lower;
    private readonly Vector256<float> _upper = upper;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadAsFloat(int* source) =>
        new(Vector256.ConvertToSingle(Vector256.Load(source)), Vector256.ConvertToSingle(Vector256.Load(source + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadAsFloat(sbyte* source) => new(
        Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source)),
        Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Lanes256 value)
    {
        value._lower.Store(destination);
        value._upper.Store(destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowBytes(byte* destination, Lanes256 value)
    {
        var halves = Vector256.Narrow(value._lower.AsInt32(), value._upper.AsInt32()) & Vector256.Create((short)0xff);
        Sse2.PackUnsignedSaturate(halves.GetLower(), halves.GetUpper()).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left._lower + right._lower, left._upper + right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left._lower - right._lower, left._upper - right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left._lower * right._lower, left._upper * right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left._lower / right._lower, left._upper / right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Fma.MultiplyAdd(a._lower, b._lower, c._lower), Fma.MultiplyAdd(a._upper, b._upper, c._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LessThan(Lanes256 left, Lanes256 right) =>
        new(Vector256.LessThan(left._lower, right._lower), Vector256.LessThan(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) =>
        new(Avx.Max(left._lower, right._lower), Avx.Max(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right) =>
        new(Avx.Min(left._lower, right._lower), Avx.Min(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Select(Lanes256 mask, Lanes256 whereSet, Lanes256 otherwise) => new(
        Vector256.ConditionalSelect(mask._lower, whereSet._lower, otherwise._lower),
        Vector256.ConditionalSelect(mask._upper, whereSet._upper, otherwise._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 value) => new(Vector256.Abs(value._lower), Vector256.Abs(value._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MaxOfMagnitudes(Lanes256 left, Lanes256 right) => new(
        Vector256.Max(left._lower.AsInt32(), right._lower.AsInt32()).AsSingle(),
        Vector256.Max(left._upper.AsInt32(), right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftIntoExponent(Lanes256 value) => new(
        Vector256.ShiftLeft(value._lower.AsInt32(), 23).AsSingle(), Vector256.ShiftLeft(value._upper.AsInt32(), 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Exchange(Lanes256 value, int distance) => distance switch
    {
        1 => new(Avx.Permute(value._lower, 0b10_11_00_01), Avx.Permute(value._upper, 0b10_11_00_01)),
        2 => new(Avx.Permute(value._lower, 0b01_00_11_10), Avx.Permute(value._upper, 0b01_00_11_10)),
        4 => new(Avx.Permute2x128(value._lower, value._lower, 1), Avx.Permute2x128(value._upper, value._upper, 1)),
        _ => new(value._upper, value._lower),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Lanes256 value) => value._lower.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBytes(byte* source) => Load((float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 CreateInteger(int value) => new(Vector256.Create(value).AsSingle(), Vector256.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 EvenSigned(Lanes256 bytes) =>
        new((bytes._lower.AsInt16() << 8 >> 8).AsSingle(), (bytes._upper.AsInt16() << 8 >> 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 OddSigned(Lanes256 bytes) => new((bytes._lower.AsInt16() >> 8).AsSingle(), (bytes._upper.AsInt16() >> 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 EvenUnsigned(Lanes256 bytes) =>
        new((bytes._lower.AsUInt16() << 8 >>> 8).AsSingle(), (bytes._upper.AsUInt16() << 8 >>> 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 OddUnsigned(Lanes256 bytes) =>
        new((bytes._lower.AsUInt16() >>> 8).AsSingle(), (bytes._upper.AsUInt16() >>> 8).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAddPairs(Lanes256 a, Lanes256 b, Lanes256 sum) => new(
        (Avx2.MultiplyAddAdjacent(a._lower.AsInt16(), b._lower.AsInt16()) + sum._lower.AsInt32()).AsSingle(),
        (Avx2.MultiplyAddAdjacent(a._upper.AsInt16(), b._upper.AsInt16()) + sum._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreIntegers(int* destination, Lanes256 value) => Store((float*)destination, value);
}
