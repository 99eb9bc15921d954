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

    // The least power of two of a weight: neither sum nor value shows it, and beside a small scale it is no denormal number yet.
    private const float LeastWeight = -64;

    // Small enough to lose a chunk beside another, large enough to keep its values out of the denormal numbers.
    private const float LeastPower = -96;

    /// <summary>Turns integer scores into integer weights, in place.</summary>
    /// <param name="rows">Results' headers are written; behind maximum and sum, what a sum of weight * value must be multiplied by.</param>
    /// <param name="keyScales">[length].</param>
    /// <param name="valueScales">[length]; folded into the weights, so that the values stay integers.</param>
    /// <param name="length">Keys, a multiple of 16; the weights of those that do not count become 0.</param>
    public static void Compute(in ScoreRows rows, float* keyScales, float* valueScales, int length)
    {
        // Stage by stage, as a row's last sum over lanes is waited for by its next stage, but not by another row.
        for (var row = 0; row < rows.Count; row++)
        {
            rows.Result(row)[0] = rows.Keys(row) == 0 ? 0 : Dequantize(rows.Scores(row), keyScales, rows.Keys(row));
        }

        for (var row = 0; row < rows.Count; row++)
        {
            var result = rows.Result(row);

            // Of a row whose token comes before this chunk nothing is left: no sum, and weights of 0.
            (result[1], result[2]) = rows.Keys(row) == 0
                ? (0, 0)
                : Exponentiate((float*)rows.Scores(row), valueScales, rows.Keys(row), result[0], Factor(rows.Factors[row]));
            result[0] *= rows.Factors[row];
        }

        for (var row = 0; row < rows.Count; row++)
        {
            var result = rows.Result(row);
            var weights = (float*)rows.Scores(row);
            var written = (rows.Keys(row) + ILanes<T>.Count - 1) / ILanes<T>.Count * ILanes<T>.Count;
            result[2] = RowQuantizer<T>.ToUnsignedBytes(weights, written, result[2], (byte*)weights);
            new Span<byte>((byte*)weights + written, length - written).Clear();
        }
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

    // Above 0: a row of zeros has the same weight for all keys.
    private static float Factor(float factor) => factor < RowQuantizer<T>.Smallest ? RowQuantizer<T>.Smallest : factor;

    // Scores times key scales; minus infinity behind the last valid key, up to the next multiple of 16. Returns the largest; NaN is passed
    // over.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Dequantize(int* scores, float* keyScales, int valid)
    {
        var lowest = T.Create(float.NegativeInfinity);
        var maximum = lowest;
        var i = 0;
        for (; i <= valid - ILanes<T>.Count; i += ILanes<T>.Count)
        {
            var logits = T.LoadAsFloat(scores + i) * T.Load(keyScales + i);
            T.Store((float*)scores + i, logits);
            maximum = T.Max(logits, maximum);
        }

        if (i < valid)
        {
            var counts = T.LessThan(LaneMath<T>.IndicesFrom(i), T.Create(valid));
            var logits = T.Select(counts, T.LoadAsFloat(scores + i) * T.Load(keyScales + i), lowest);
            T.Store((float*)scores + i, logits);
            maximum = T.Max(logits, maximum);
        }

        return LaneMath<T>.Max(maximum);
    }

    // Logits become weights times value scales. Returns the sum of the weights, and the largest magnitude of what they became.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (float Sum, float Magnitude) Exponentiate(float* logits, float* valueScales, int valid, float maximum, float factor)
    {
        var sums = T.Create(0);
        var magnitudes = T.Create(0);
        var i = 0;
        for (; i <= valid - ILanes<T>.Count; i += ILanes<T>.Count)
        {
            var weights = Weights(logits + i, maximum, factor);
            sums += weights;
            weights *= T.Load(valueScales + i);
            T.Store(logits + i, weights);
            magnitudes = T.MaxOfMagnitudes(magnitudes, T.Abs(weights));
        }

        if (i < valid)
        {
            // What follows the last valid key may be anything, NaN too.
            var counts = T.LessThan(LaneMath<T>.IndicesFrom(i), T.Create(valid));
            var weights = T.Select(counts, Weights(logits + i, maximum, factor), T.Create(0));
            sums += weights;
            weights = T.Select(counts, weights * T.Load(valueScales + i), T.Create(0));
            T.Store(logits + i, weights);
            magnitudes = T.MaxOfMagnitudes(magnitudes, T.Abs(weights));
        }

        return (LaneMath<T>.Sum(sums), LaneMath<T>.MaxMagnitude(magnitudes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Weights(float* logits, float maximum, float factor) =>
        LaneMath<T>.Exp2(T.Max(T.Create(LeastWeight), (T.Load(logits) - T.Create(maximum)) * T.Create(factor)));
}
