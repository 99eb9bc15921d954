using System.Numerics.Tensors;

namespace Inference.Execution.Embeddings;

/// <summary>From the vectors of tokens to one of a text. Pure; sums run token by token, so that a result is the same every time.</summary>
public static class Pooled
{
    /// <summary>One vector of all.</summary>
    /// <param name="states">Row-major [tokens, width].</param>
    /// <param name="tokens">At least 1.</param>
    /// <param name="width">The length of a vector.</param>
    /// <param name="pooling">How.</param>
    public static float[] Of(ReadOnlySpan<float> states, int tokens, int width, Pooling pooling)
    {
        if (pooling is Pooling.FirstToken or Pooling.LastToken)
        {
            return states.Slice(pooling == Pooling.FirstToken ? 0 : (tokens - 1) * width, width).ToArray();
        }

        var vector = states[..width].ToArray();
        for (var token = 1; token < tokens; token++)
        {
            var state = states.Slice(token * width, width);
            switch (pooling)
            {
                case Pooling.Max:
                    TensorPrimitives.Max(vector, state, vector);
                    break;
                case Pooling.WeightedMean:
                    TensorPrimitives.MultiplyAdd(state, token + 1, vector, vector);
                    break;
                default:
                    TensorPrimitives.Add(vector, state, vector);
                    break;
            }
        }

        TensorPrimitives.Divide(vector, Divisor(pooling, tokens), vector);
        return vector;
    }

    /// <summary>Brings a vector to length 1; one of zeros stays as it is.</summary>
    public static void Normalize(Span<float> vector)
    {
        var length = TensorPrimitives.Norm<float>(vector);
        if (length > 0)
        {
            TensorPrimitives.Divide(vector, length, vector);
        }
    }

    private static float Divisor(Pooling pooling, int tokens) => pooling switch
    {
        Pooling.Mean => tokens,
        Pooling.MeanSqrtLength => MathF.Sqrt(tokens),
        Pooling.WeightedMean => tokens * (tokens + 1f) / 2,
        _ => 1,
    };
}
