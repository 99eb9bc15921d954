using System.Text.Json;
using Inference.Engine.Execution;

namespace Inference.Testing;

/// <summary>The text on which the default model's perplexity is measured, and what transformers computes for it in float32.</summary>
public sealed class GoldenText
{
    private readonly int[] _tokenIds;
    private readonly int _window;

    private GoldenText(JsonElement golden)
    {
        _tokenIds = [.. golden.GetProperty("text_ids").EnumerateArray().Select(id => id.GetInt32())];
        _window = golden.GetProperty("window").GetInt32();
        TokenCount = golden.GetProperty("tokens").GetInt32();
        Perplexity = golden.GetProperty("perplexity").GetDouble();
    }

    /// <summary>Tokens whose probability counts: all but the first of each window.</summary>
    public int TokenCount { get; }

    /// <summary>The perplexity in float32 that transformers computes.</summary>
    public double Perplexity { get; }

    /// <summary>Reads the golden of the default model.</summary>
    public static GoldenText Read()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.Golden, "smollm2-135m-instruct.json")));
        return new GoldenText(golden.RootElement.GetProperty("perplexity"));
    }

    /// <summary>The perplexity as a model computes it, one step for each window of the text. Uses the cache's first blocks.</summary>
    /// <exception cref="InvalidOperationException">The golden counts another number of tokens.</exception>
    public async Task<double> MeasureAsync(IModelExecutor executor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(executor);
        var blocks = Enumerable.Range(0, (_window + executor.Limits.BlockSize - 1) / executor.Limits.BlockSize).ToArray();
        var (sum, tokens) = (0.0, 0);
        for (var start = 0; start < _tokenIds.Length; start += _window)
        {
            var window = _tokenIds.AsMemory(start, _window);
            var result = await executor.ExecuteAsync(
                new StepPlan
                {
                    StepIndex = start / _window,
                    TokenIds = window,
                    Sequences = new[] { new SequenceStep(start, _window, 0, 0, _window, 0, blocks) },
                    LogitsRows = _window,
                },
                cancellationToken);
            for (var i = 0; i + 1 < _window; i++)
            {
                sum += Logprob(result.Row(i), window.Span[i + 1]);
                tokens++;
            }
        }

        return tokens == TokenCount
            ? Math.Exp(-sum / tokens)
            : throw new InvalidOperationException($"The golden counts {TokenCount} tokens, and the text has {tokens}.");
    }

    /// <summary>A token's natural log-probability, in double precision.</summary>
    public static double Logprob(ReadOnlySpan<float> logits, int token)
    {
        double maximum = float.NegativeInfinity;
        foreach (var logit in logits)
            maximum = Math.Max(maximum, logit);

        var sum = 0.0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - maximum);

        return logits[token] - maximum - Math.Log(sum);
    }
}
