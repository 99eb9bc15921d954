using System.Text.Json;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>A prompt, the tokens that transformers generates for it, and its float32 logits [33, vocabulary].</summary>
/// <param name="Name">Of the case.</param>
/// <param name="PromptIds">The prompt.</param>
/// <param name="GreedyIds">What follows.</param>
/// <param name="Logits">Row j are the logits after the prompt and j generated tokens: the last 33 positions of prompt and output.</param>
internal sealed record ZooGolden(string Name, int[] PromptIds, int[] GreedyIds, float[] Logits)
{
    /// <summary>Tokens of the whole sequence.</summary>
    public int Length => PromptIds.Length + GreedyIds.Length;

    /// <summary>All cases of a model.</summary>
    public static List<ZooGolden> Of(string folder)
    {
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        var logits = new GoldenTensors(Path.Combine(folder, "golden.safetensors"));
        return [.. cases.RootElement.EnumerateArray().Select(element => Read(element, logits))];
    }

    /// <summary>Fails unless a row is the golden's, to a tolerance; gives the largest difference.</summary>
    public float AssertLogits(int row, ReadOnlySpan<float> actual)
    {
        const float Tolerance = 1e-3f;
        var expected = Logits.AsSpan(row * actual.Length, actual.Length);
        var largest = 0f;
        for (var i = 0; i < actual.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(difference < Tolerance, $"{Name} row {row} token {i}: {actual[i]}, expected {expected[i]}");
            largest = Math.Max(largest, difference);
        }

        return largest;
    }

    private static ZooGolden Read(JsonElement element, GoldenTensors tensors)
    {
        var name = element.GetProperty("name").GetString()!;
        return new ZooGolden(name, Ids(element, "prompt_ids"), Ids(element, "greedy_ids"), tensors.Read($"{name}.logits"));
    }

    private static int[] Ids(JsonElement element, string property) => [.. element.GetProperty(property).EnumerateArray().Select(id => id.GetInt32())];
}
