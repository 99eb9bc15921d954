using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inference.Engine.Sampling;

/// <summary>
/// Whole-vocabulary loops of sampling. Always eight lanes, whatever the machine has, and sums in one fixed order: a row's result depends
/// neither on its place in memory nor on its neighbours.
/// </summary>
internal static class LogitsRow
{
    /// <summary>Weights per sum.</summary>
    public const int SumBlock = 512;

    /// <summary>Tokens per word of a mask.</summary>
    public const int MaskWidth = 32;

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

    /// <summary>
    /// exp((logit - max) / temperature), the probabilities but for their sum: with a relative error
    /// below 1e-5, and 0 where that is less than 2^-126. Returns their sum.
    /// </summary>
    /// <param name="logits">As <see cref="CleanAndMax"/> leaves them.</param>
    /// <param name="max">The largest logit.</param>
    /// <param name="temperature">More than 0.</param>
    /// <param name="weights">As many as logits.</param>
    /// <param name="sums">The sum of each block of <see cref="SumBlock"/> weights: [ceil(weights / SumBlock)].</param>
    public static double Exponentiate(ReadOnlySpan<float> logits, float max, float temperature, Span<float> weights, Span<double> sums)
    {
        var total = 0.0;
        for (var i = 0; i < sums.Length; i++)
        {
            var (start, end) = Block(i, logits.Length);
            sums[i] = ExponentiateBlock(logits[start..end], max, temperature, weights[start..end]);
            total += sums[i];
        }

        return total;
    }

    /// <summary>How many are less than <paramref name="value"/>.</summary>
    public static int CountBelow(ReadOnlySpan<float> logits, float value)
    {
        var count = 0;
        foreach (var logit in logits)
            count += logit < value ? 1 : 0;
        return count;
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

    /// <summary>Sets the logits of tokens whose bit is not set to -∞.</summary>
    /// <param name="logits">One for each token.</param>
    /// <param name="mask">Token i is bit i % 32 of word i / 32.</param>
    public static void MaskTokens(Span<float> logits, ReadOnlySpan<uint> mask)
    {
        var bits = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);
        for (var start = 0; start < logits.Length; start += MaskWidth)
        {
            var word = mask[start / MaskWidth];
            var part = logits[start..Math.Min(start + MaskWidth, logits.Length)];
            if (word == uint.MaxValue)
                continue;
            if (word == 0)
            {
                part.Fill(float.NegativeInfinity);
                continue;
            }

            var vectors = MemoryMarshal.Cast<float, Vector256<float>>(part);
            for (var i = 0; i < vectors.Length; i++)
            {
                var isKept = Vector256.Equals(Vector256.Create(word >> (i * Lanes)) & bits, bits).AsSingle();
                vectors[i] = Vector256.ConditionalSelect(isKept, vectors[i], Vector256.Create(float.NegativeInfinity));
            }

            for (var i = vectors.Length * Lanes; i < part.Length; i++)
                part[i] = (word >> i & 1) != 0 ? part[i] : float.NegativeInfinity;
        }
    }

    /// <summary>
    /// Sums the weights that rank above that of <paramref name="token"/>: larger ones, and equal ones of lower tokens. Returns the sum of
    /// the sums.
    /// </summary>
    /// <param name="weights">Not negative.</param>
    /// <param name="token">Of a weight above 0.</param>
    /// <param name="sums">For each block of <see cref="SumBlock"/> weights: [ceil(weights / SumBlock)].</param>
    public static double SumAbove(ReadOnlySpan<float> weights, int token, Span<double> sums)
    {
        var weight = weights[token];
        var total = 0.0;
        for (var i = 0; i < sums.Length; i++)
        {
            var (start, end) = Block(i, weights.Length);
            var split = Math.Clamp(token, start, end);
            sums[i] = SumAbove(weights[start..split], MathF.BitDecrement(weight)) + SumAbove(weights[split..end], weight);
            total += sums[i];
        }

        return total;
    }

    /// <summary>Where a block's weights begin and end.</summary>
    public static (int Start, int End) Block(int index, int length) => (index * SumBlock, Math.Min(length, (index + 1) * SumBlock));

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

    private static double ExponentiateBlock(ReadOnlySpan<float> logits, float max, float temperature, Span<float> weights)
    {
        var source = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        var target = MemoryMarshal.Cast<float, Vector256<float>>(weights);
        Vector256<double> low = default, high = default;
        for (var i = 0; i < source.Length; i++)
        {
            // Subtracted first: no temperature, however small, can then overflow.
            var weight = Exp((source[i] - Vector256.Create(max)) / Vector256.Create(temperature));
            target[i] = weight;
            var (lower, upper) = Vector256.Widen(weight);
            low += lower;
            high += upper;
        }

        var sum = Vector256.Sum(low + high);
        for (var i = source.Length * Lanes; i < logits.Length; i++)
        {
            weights[i] = Exp(Vector256.Create((logits[i] - max) / temperature)).ToScalar();
            sum += weights[i];
        }

        return sum;
    }

    /// <summary>e^x for x from -∞ to 0: 2^n * 2^f with |f| at most 1/2, and the latter by a polynomial with the least relative error
    /// (Remez) of those with constant 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exp(Vector256<float> x)
    {
        var y = Vector256.Max(x * Vector256.Create(1.44269504f), Vector256.Create(-127f));
        var n = Vector256.Round(y);
        var f = y - n;
        var p = Vector256.MultiplyAddEstimate(Vector256.Create(0.0013264727f), f, Vector256.Create(0.00967151264f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(0.0555073374f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(0.240222421f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(0.693146978f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256<float>.One);

        // 2^n by its bits: the exponent of -127 is 0, and with it the number.
        return p * Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n) + Vector256.Create(127), 23).AsSingle();
    }

    private static double SumAbove(ReadOnlySpan<float> weights, float limit)
    {
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(weights);
        Vector256<double> low = default, high = default;
        foreach (ref readonly var vector in vectors)
        {
            var (lower, upper) = Vector256.Widen(vector & Vector256.GreaterThan(vector, Vector256.Create(limit)));
            low += lower;
            high += upper;
        }

        var sum = Vector256.Sum(low + high);
        foreach (var weight in weights[(vectors.Length * Lanes)..])
            sum += weight > limit ? weight : 0;
        return sum;
    }
}
