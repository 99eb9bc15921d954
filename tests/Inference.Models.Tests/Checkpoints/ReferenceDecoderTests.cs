using System.Numerics.Tensors;
using System.Text.Json;
using Inference.Models.Checkpoints;
using Inference.Models.SafeTensors;
using Inference.Models.Tests.Gguf;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Spec and weights, as they are read, compute what other software computed from the same files.</summary>
public sealed class ReferenceDecoderTests
{
    private const float Tolerance = 1e-3f;

    [Fact]
    public void Logits_ZooLlamaFromSafeTensors_EqualGoldens()
    {
        using var model = ModelFolder.Open(RepositoryFiles.ZooLlama);
        AssertZooGoldens(model);
    }

    [Fact]
    public void Logits_ZooLlamaFromGguf_EqualGoldens()
    {
        using var folder = new TemporaryFolder();
        using (var original = ModelFolder.Open(RepositoryFiles.ZooLlama))
        {
            folder.Write("llama.gguf", LlamaGguf.From(original).Build());
        }

        using var model = ModelFolder.Open(folder["llama.gguf"]);
        AssertZooGoldens(model);
    }

    [Fact]
    public void Logits_SmolLm2_EqualGoldens()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.Golden, "smollm2-135m-instruct.json")));
        using var model = ModelFolder.Open(RepositoryFiles.SmolLm2);
        var shortest = golden.RootElement.GetProperty("cases").EnumerateArray().MinBy(PromptLength);

        var logits = new ReferenceDecoder(model.Spec, model.Weights).Logits(Integers(shortest.GetProperty("prompt_ids")));

        var logSum = MathF.Log(TensorPrimitives.Sum(Exponentials(logits, out var maximum))) + maximum;
        foreach (var entry in shortest.GetProperty("first_top20_logprobs").EnumerateArray())
        {
            Assert.Equal(entry[1].GetSingle(), logits[entry[0].GetInt32()] - logSum, Tolerance);
        }
    }

    private static void AssertZooGoldens(ModelFolder model)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.ZooLlama, "golden.json")));
        using var goldenLogits = SafeTensorsWeightSource.OpenFile(Path.Combine(RepositoryFiles.ZooLlama, "golden.safetensors"));
        foreach (var entry in golden.RootElement.EnumerateArray())
        {
            var expected = new float[model.Spec.VocabularySize];
            goldenLogits.ReadRows($"{entry.GetProperty("name").GetString()}.logits", 0, expected);

            var actual = new ReferenceDecoder(model.Spec, model.Weights).Logits(Integers(entry.GetProperty("prompt_ids")));

            Assert.True(TensorPrimitives.Distance<float>(expected, actual) < Tolerance, entry.GetProperty("name").GetString());
        }
    }

    private static int PromptLength(JsonElement entry) => entry.GetProperty("prompt_ids").GetArrayLength();

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    private static float[] Exponentials(float[] logits, out float maximum)
    {
        var largest = TensorPrimitives.Max<float>(logits);
        maximum = largest;
        return Array.ConvertAll(logits, logit => MathF.Exp(logit - largest));
    }
}
