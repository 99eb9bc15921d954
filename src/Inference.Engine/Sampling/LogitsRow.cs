using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inference.Engine.Sampling;

/// <summary>
/// Whole-vocabulary loops of sampling. Always eight lanes, whatever the machine has, and sums in one fixed order: a row's result depends
/// neither on its place in memory nor on its neighbours (<see cref="TensorPrimitives"/>' sums depend on alignment, its exponential does
/// not).
/// </summary>
internal static class LogitsRow
{
    /// <summary>Weights per entry of <see cref="BlockSums"/>.</summary>
    public const int SumBlock = 512;

    private const int Lanes = 8;

    /// <summary>
    /// Replaces NaN by -∞ (never chosen) and +∞ by the largest number, and returns the largest logit: -∞ when none is usable.
    /// </summary>
    public static float CleanAndMax(Span<float> logits)
    {
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        var max = Vector256.Create(float.NegativeInfinity);
        foreach (ref var vector in vectors)
        {
            var number = Vector256.ConditionalSelect(Vector256.Equals(vector, vector), vector, Vector256.Create(float.NegativeInfinity));
            vector = Vector256.Min(number, Vector256.Create(float.MaxValue));
            max = Vector256.Max(max, vector);
        }

        var result = float.NegativeInfinity;
        for (var lane = 0; lane < Lanes; lane++)
            result = Math.Max(result, max[lane]);
        foreach (ref var logit in logits[(vectors.Length * Lanes)..])
        {
            logit = float.IsNaN(logit) ? float.NegativeInfinity : Math.Min(logit, float.MaxValue);
            result = Math.Max(result, logit);
        }

        return result;
    }

    /// <summary>The lowest index at which <paramref name="value"/> is, or -1.</summary>
    public static int IndexOf(ReadOnlySpan<float> logits, float value)
    {
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        for (var i = 0; i < vectors.Length; i++)
        {
            if (Vector256.EqualsAny(vectors[i], Vector256.Create(value)))
                return i * Lanes + logits.Slice(i * Lanes, Lanes).IndexOf(value);
        }

        var tail = logits[(vectors.Length * Lanes)..].IndexOf(value);
        return tail < 0 ? -1 : vectors.Length * Lanes + tail;
    }

    /// <summary>exp((logit - max) / temperature): the probabilities, but for their sum.</summary>
    public static void Exponentiate(ReadOnlySpan<float> logits, float max, float temperature, Span<float> weights)
    {
        // Subtracted first: no temperature, however small, can then overflow.
        TensorPrimitives.Subtract(logits, max, weights);
        if (temperature != 1)
            TensorPrimitives.Divide(weights, temperature, weights);
        TensorPrimitives.Exp(weights, weights);
    }

    /// <summary>Sets logits below <paramref name="minimum"/> to -∞.</summary>
    public static void MaskBelow(Span<float> logits, float minimum)
    {
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        foreach (ref var vector in vectors)
        {
            var isKept = Vector256.GreaterThanOrEqual(vector, Vector256.Create(minimum));
            vector = Vector256.ConditionalSelect(isKept, vector, Vector256.Create(float.NegativeInfinity));
        }

        foreach (ref var logit in logits[(vectors.Length * Lanes)..])
            logit = logit >= minimum ? logit : float.NegativeInfinity;
    }

    /// <summary>Sums each block of <see cref="SumBlock"/> weights and returns the sum of the sums.</summary>
    /// <param name="weights">Not negative.</param>
    /// <param name="sums">[ceil(weights / SumBlock)].</param>
    public static double BlockSums(ReadOnlySpan<float> weights, Span<double> sums)
    {
        var total = 0.0;
        for (var i = 0; i < sums.Length; i++)
        {
            var start = i * SumBlock;
            sums[i] = Sum(weights.Slice(start, Math.Min(SumBlock, weights.Length - start)));
            total += sums[i];
        }

        return total;
    }

    /// <summary>
    /// Appends the ranks of the logits above <paramref name="threshold"/> until <paramref name="ranks"/> holds <paramref name="stopAt"/>
    /// or more.
    /// </summary>
    /// <param name="logits">No NaN.</param>
    /// <param name="threshold">Exclusive.</param>
    /// <param name="position">Where to start; set to where to go on.</param>
    /// <param name="ranks">Room for <paramref name="stopAt"/> and eight more, or for a whole row.</param>
    /// <param name="count">How many <paramref name="ranks"/> holds.</param>
    /// <param name="stopAt">Checked after every eight logits.</param>
    public static void Gather(ReadOnlySpan<float> logits, float threshold, ref int position, Span<ulong> ranks, ref int count, int stopAt)
    {
        var limit = Vector256.Create(threshold);
        while (position < logits.Length && count < stopAt)
        {
            var rest = logits[position..];
            var width = Math.Min(Lanes, rest.Length);
            if (width < Lanes || Vector256.GreaterThanAny(Vector256.Create(rest), limit))
            {
                for (var i = 0; i < width; i++)
                {
                    if (rest[i] > threshold)
                        ranks[count++] = RankedToken.Pack(rest[i], position + i);
                }
            }

            position += width;
        }
    }

    private static double Sum(ReadOnlySpan<float> weights)
    {
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(weights);
        Vector256<double> low = default, high = default;
        foreach (ref readonly var vector in vectors)
        {
            var (lower, upper) = Vector256.Widen(vector);
            low += lower;
            high += upper;
        }

        var sum = Vector256.Sum(low + high);
        foreach (var weight in weights[(vectors.Length * Lanes)..])
            sum += weight;
        return sum;
    }
}
