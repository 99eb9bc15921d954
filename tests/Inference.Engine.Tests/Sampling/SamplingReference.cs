using Inference.Engine.Requests;

namespace Inference.Engine.Tests.Sampling;

/// <summary>Sampling as it is defined, in double precision, by sorting: slow and plain.</summary>
internal static class SamplingReference
{
    /// <summary>The probability of each token.</summary>
    public static double[] Probabilities(float[] logits, SamplingParameters parameters, int[] prompt, int[] output)
    {
        var adjusted = logits.Select(logit => (double)logit).ToArray();
        foreach (var (token, bias) in parameters.LogitBias ?? System.Collections.Frozen.FrozenDictionary<int, float>.Empty)
            adjusted[token] += bias;
        foreach (var token in prompt.Concat(output).Distinct())
            adjusted[token] *= adjusted[token] > 0 ? 1 / (double)parameters.RepetitionPenalty : parameters.RepetitionPenalty;
        foreach (var token in output)
            adjusted[token] -= parameters.FrequencyPenalty;
        foreach (var token in output.Distinct())
            adjusted[token] -= parameters.PresencePenalty;

        var probabilities = Softmax(adjusted, parameters.Temperature);
        var ranked = Enumerable.Range(0, logits.Length).OrderByDescending(i => probabilities[i]).ThenBy(i => i).ToList();
        var highest = probabilities[ranked[0]];
        ranked.RemoveAll(i => probabilities[i] < parameters.MinP * highest);
        if (parameters.TopK > 0)
            ranked = ranked.Take(parameters.TopK).ToList();
        if (parameters.TopP < 1)
        {
            var left = parameters.TopP * ranked.Sum(i => probabilities[i]);
            ranked = ranked.TakeWhile(i =>
            {
                var isNeeded = left > 0;
                left -= probabilities[i];
                return isNeeded;
            }).ToList();
        }

        var total = ranked.Sum(i => probabilities[i]);
        var result = new double[logits.Length];
        foreach (var i in ranked)
            result[i] = probabilities[i] / total;
        return result;
    }

    private static double[] Softmax(double[] logits, double temperature)
    {
        var max = logits.Max();
        var weights = logits.Select(logit => Math.Exp((logit - max) / temperature)).ToArray();
        var total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }
}
