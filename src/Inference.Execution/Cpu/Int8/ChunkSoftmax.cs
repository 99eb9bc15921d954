using System.Runtime.CompilerServices;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// The softmax of one row over one chunk of keys, and its weights as integers. Results of chunks, each relative to its own maximum, are
/// merged in the order of
/// the chunks (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018), so it does not matter which thread computed
/// which.
/// </summary>
internal static unsafe class ChunkSoftmax<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Before a result's values: its maximum, in powers of two, and its sum of weights, 0 for no keys at all.</summary>
    public const int HeaderSize = 16;

    // Weights below 2^-64 of the chunk's largest are 0: neither sum nor value would show them.
    private const float Negligible = -64;

    // Small enough to lose a chunk beside another, large enough to keep its values out of the denormal numbers.
    private const float LeastPower = -96;

    /// <summary>Turns integer scores into integer weights, in place.</summary>
    /// <param name="scores">[length] integers; becomes [length] weights of 16 bits.</param>
    /// <param name="keyScales">[length].</param>
    /// <param name="valueScales">[length]; folded into the weights, so that the values stay integers.</param>
    /// <param name="valid">Keys that count, at least 1; the weights of the others become 0.</param>
    /// <param name="length">A multiple of 16.</param>
    /// <param name="factor">What makes score * key scale the exponent of a power of two; 0 or more.</param>
    /// <param name="result">Its header is written.</param>
    /// <returns>What a sum of weight * value must be multiplied by.</returns>
    public static float Compute(int* scores, float* keyScales, float* valueScales, int valid, int length, float factor, float* result)
    {
        // Above 0, so that keys that do not count stay at minus infinity.
        factor = factor < RowQuantizer<T>.Smallest ? RowQuantizer<T>.Smallest : factor;
        var logits = (float*)scores;
        var maximum = Dequantize(scores, keyScales, valid, length);
        var (sum, magnitude) = Exponentiate(logits, valueScales, length, maximum, factor);
        result[0] = maximum * factor;
        result[1] = sum;
        return RowQuantizer<T>.ToHalves(logits, length, magnitude, (short*)scores);
    }

    /// <summary>Adds a chunk's result to that of the chunks before it.</summary>
    /// <param name="result">[header + width]: of the chunks before; sum 0 if there are none.</param>
    /// <param name="chunk">[header + width].</param>
    /// <param name="width">A multiple of 16.</param>
    public static void Merge(float* result, float* chunk, int width)
    {
        if (chunk[1] == 0)
        {
            return;
        }

        if (result[1] == 0)
        {
            new Span<float>(chunk, HeaderSize + width).CopyTo(new Span<float>(result, HeaderSize + width));
            return;
        }

        var maximum = chunk[0] > result[0] ? chunk[0] : result[0];
        var before = Power(result[0] - maximum);
        var now = Power(chunk[0] - maximum);
        result[0] = maximum;
        result[1] = T.First(T.MultiplyAdd(T.Create(chunk[1]), now, T.Create(result[1]) * before));
        for (var i = HeaderSize; i < HeaderSize + width; i += ILanes<T>.Count)
        {
            T.Store(result + i, T.MultiplyAdd(T.Load(chunk + i), now, T.Load(result + i) * before));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Power(float exponent) => LaneMath<T>.Exp2(T.Create(exponent < LeastPower ? LeastPower : exponent));

    // Scores times key scales; minus infinity from the last valid key on. Returns the largest; NaN is passed over.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Dequantize(int* scores, float* keyScales, int valid, int length)
    {
        var lowest = T.Create(float.NegativeInfinity);
        var maximum = lowest;
        var i = 0;
        for (; i <= valid - ILanes<T>.Count; i += ILanes<T>.Count)
        {
            var logits = T.LoadAsFloat(scores + i) * T.Load(keyScales + i);
            T.Store((float*)scores + i, logits);
            maximum = LaneMath<T>.Max(logits, maximum);
        }

        for (; i < length; i += ILanes<T>.Count)
        {
            var counts = T.LessThan(LaneMath<T>.IndicesFrom(i), T.Create(valid));
            var logits = T.Select(counts, T.LoadAsFloat(scores + i) * T.Load(keyScales + i), lowest);
            T.Store((float*)scores + i, logits);
            maximum = LaneMath<T>.Max(logits, maximum);
        }

        return LaneMath<T>.Max(maximum);
    }

    // Logits become weights times value scales. Returns the sum of the weights, and the largest magnitude of what they became.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (float Sum, float Magnitude) Exponentiate(float* logits, float* valueScales, int length, float maximum, float factor)
    {
        var sums = T.Create(0);
        var magnitudes = T.Create(0);
        for (var i = 0; i < length; i += ILanes<T>.Count)
        {
            var exponent = (T.Load(logits + i) - T.Create(maximum)) * T.Create(factor);
            var negligible = T.LessThan(exponent, T.Create(Negligible));
            var weight = LaneMath<T>.Exp2(exponent);
            sums += T.Select(negligible, T.Create(0), weight);
            weight = T.Select(negligible, T.Create(0), weight * T.Load(valueScales + i));
            T.Store(logits + i, weight);
            magnitudes = T.MaxOfMagnitudes(magnitudes, T.Abs(weight));
        }

        return (LaneMath<T>.Sum(sums), LaneMath<T>.MaxMagnitude(magnitudes));
    }
}
