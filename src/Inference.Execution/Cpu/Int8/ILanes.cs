namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// Sixteen lanes of 32 bits, each a float, an integer, a mask or a pair of 16-bit integers. Kernels are written once over this type.
/// Every member is exact
/// or rounds once (IEEE 754, to nearest, ties to even) and sums over lanes have one order, so that all implementations give the same bits.
/// </summary>
internal unsafe interface ILanes<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Lanes in a value, whatever the hardware.</summary>
    const int Count = 16;

    /// <summary>Whether the hardware can run this implementation.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The same float in all lanes.</summary>
    static abstract T Create(float value);

    /// <summary>Reads 16 floats.</summary>
    static abstract T Load(float* source);

    /// <summary>Reads 16 integers and rounds them to floats.</summary>
    static abstract T LoadAsFloat(int* source);

    /// <summary>Reads 16 bytes as floats.</summary>
    static abstract T LoadAsFloat(sbyte* source);

    /// <summary>Writes 16 floats.</summary>
    static abstract void Store(float* destination, T value);

    /// <summary>Writes the lowest byte of each lane.</summary>
    static abstract void StoreLowBytes(byte* destination, T value);

    /// <summary>Float sum.</summary>
    static abstract T operator +(T left, T right);

    /// <summary>Float difference.</summary>
    static abstract T operator -(T left, T right);

    /// <summary>Float product.</summary>
    static abstract T operator *(T left, T right);

    /// <summary>Float quotient.</summary>
    static abstract T operator /(T left, T right);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>A mask of the lanes where the left float is less than the right one; not where either is NaN.</summary>
    static abstract T LessThan(T left, T right);

    /// <summary>The larger float; the right one if either is NaN, or if both are 0.</summary>
    static abstract T Max(T left, T right);

    /// <summary>The smaller float; the right one if either is NaN, or if both are 0.</summary>
    static abstract T Min(T left, T right);

    /// <summary>The lanes of <paramref name="whereSet"/> where the mask is set, else those of <paramref name="otherwise"/>.</summary>
    static abstract T Select(T mask, T whereSet, T otherwise);

    /// <summary>The float without its sign.</summary>
    static abstract T Abs(T value);

    /// <summary>
    /// The larger of floats without a sign: their order is that of their bits, with infinity above all numbers and NaN above infinity.
    /// </summary>
    static abstract T MaxOfMagnitudes(T left, T right);

    /// <summary>Bits shifted into the exponent: left by 23.</summary>
    static abstract T ShiftIntoExponent(T value);

    /// <summary>Lane i becomes lane i ^ <paramref name="distance"/>; the distance is 1, 2, 4 or 8, and a constant.</summary>
    static abstract T Exchange(T value, int distance);

    /// <summary>The float in lane 0.</summary>
    static abstract float First(T value);

    /// <summary>Reads 64 bytes, four a lane.</summary>
    static abstract T LoadBytes(byte* source);

    /// <summary>The same 32 bits in all lanes.</summary>
    static abstract T CreateInteger(int value);

    /// <summary>Bytes 0 and 2 of each lane as a pair of 16-bit integers.</summary>
    static abstract T EvenSigned(T bytes);

    /// <summary>Bytes 1 and 3 of each lane as a pair of 16-bit integers.</summary>
    static abstract T OddSigned(T bytes);

    /// <summary>As <see cref="EvenSigned"/>, of bytes without a sign.</summary>
    static abstract T EvenUnsigned(T bytes);

    /// <summary>As <see cref="OddSigned"/>, of bytes without a sign.</summary>
    static abstract T OddUnsigned(T bytes);

    /// <summary>sum + a.low * b.low + a.high * b.high as integers.</summary>
    static abstract T MultiplyAddPairs(T a, T b, T sum);

    /// <summary>Writes 16 integers.</summary>
    static abstract void StoreIntegers(int* destination, T value);
}
