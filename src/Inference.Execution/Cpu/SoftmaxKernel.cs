using System.Numerics;

namespace Inference.Execution.Cpu;

/// <summary>
/// One row of a running softmax (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018; as used by FlashAttention).
/// </summary>
internal static unsafe class SoftmaxKernel
{
    /// <summary>
    /// Turns a chunk of scores into weights exp(score - maximum) and brings the row's running maximum and sum up to date.
    /// </summary>
    /// <param name="scores">[length]; entries outside <paramref name="seen"/> are ignored and become 0.</param>
    /// <param name="seen">Scores that count, at least 1, from the start.</param>
    /// <param name="length">A multiple of the vector length, at least the end of <paramref name="seen"/>.</param>
    /// <param name="maximum">The row's maximum so far; negative infinity at first.</param>
    /// <param name="sum">The row's sum of weights so far, relative to <paramref name="maximum"/>.</param>
    /// <returns>What the row's weighted values so far must be multiplied by.</returns>
    public static float Accumulate(float* scores, Range seen, int length, ref float maximum, ref float sum)
    {
        new Span<float>(scores, seen.Start.Value).Fill(float.NegativeInfinity);
        new Span<float>(scores, length)[seen.End.Value..].Fill(float.NegativeInfinity);
        var lanes = new Vector<float>(float.NegativeInfinity);
        for (var i = 0; i < length; i += Vector<float>.Count)
        {
            lanes = Vector.Max(lanes, Vector.Load(scores + i));
        }

        var chunkMaximum = maximum;
        for (var i = 0; i < Vector<float>.Count; i++)
        {
            chunkMaximum = MathF.Max(chunkMaximum, lanes[i]);
        }

        var shift = new Vector<float>(chunkMaximum);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < length; i += Vector<float>.Count)
        {
            var weight = Vector.Exp(Vector.Load(scores + i) - shift);
            weight.Store(scores + i);
            sums += weight;
        }

        var correction = MathF.Exp(maximum - chunkMaximum);
        sum = sum * correction + Vector.Sum(sums);
        maximum = chunkMaximum;
        return correction;
    }
}
