using System.Collections.Frozen;
using Inference.Engine.Requests;

namespace Inference.Testing;

/// <summary>Short ways to make requests; change the result with <c>with</c>.</summary>
public static class TestRequest
{
    /// <summary>A greedy request.</summary>
    public static InferenceRequest Greedy(int[] prompt, int maxTokens) => new()
    {
        RequestId = "test",
        PromptTokenIds = prompt,
        MaxTokens = maxTokens,
        Sampling = SamplingParameters.Greedy,
    };

    /// <summary>
    /// A greedy request whose prompt is <paramref name="promptLength"/> tokens that <paramref name="seed"/> determines, below 90.
    /// </summary>
    public static InferenceRequest Greedy(int promptLength, int maxTokens, int seed = 0) => Greedy(Prompt(promptLength, seed), maxTokens);

    /// <summary>Tokens below 90 that <paramref name="seed"/> determines.</summary>
    public static int[] Prompt(int length, int seed = 0)
    {
        var tokens = new int[length];
        for (var i = 0; i < length; i++)
            tokens[i] = (int)((uint)(i * 31 + seed * 17 + i * i * (seed + 3)) % 90);
        return tokens;
    }

    /// <summary>The same request, ended by these tokens.</summary>
    public static InferenceRequest StoppedBy(this InferenceRequest request, params int[] tokenIds)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request with { StopTokenIds = tokenIds.ToFrozenSet() };
    }
}
