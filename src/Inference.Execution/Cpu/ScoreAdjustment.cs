using System.Numerics;

namespace Inference.Execution.Cpu;

/// <summary>What happens to a row of scores before the softmax: a soft cap, and linear biases (Press et al. 2022).</summary>
internal static unsafe class ScoreAdjustment
{
    /// <summary>score = cap * tanh(score / cap).</summary>
    /// <param name="scores">[length].</param>
    /// <param name="length">A multiple of the vector length.</param>
    /// <param name="cap">Over 0.</param>
    public static void Cap(float* scores, int length, float cap)
    {
        var (factor, two) = (new Vector<float>(2 / cap), new Vector<float>(2));
        for (var i = 0; i < length; i += Vector<float>.Count)
        {
            // tanh x = 1 - 2 / (exp 2x + 1), which is 1 where the exponential is infinite.
            var shrunk = Vector<float>.One - two / (Vector.Exp(Vector.Load(scores + i) * factor) + Vector<float>.One);
            (shrunk * cap).Store(scores + i);
        }
    }

    /// <summary>score -= slope * (distance of the first key - i).</summary>
    /// <param name="scores">[length].</param>
    /// <param name="length">A multiple of the vector length.</param>
    /// <param name="slope">Of the row's head.</param>
    /// <param name="distance">Tokens from the first key to the query; whole.</param>
    public static void AddBias(float* scores, int length, float slope, float distance)
    {
        var distances = new Vector<float>(distance) - Vector<float>.Indices;
        for (var i = 0; i < length; i += Vector<float>.Count)
        {
            (Vector.Load(scores + i) - distances * slope).Store(scores + i);
            distances -= new Vector<float>(Vector<float>.Count);
        }
    }
}
