using System.Text.Json;
using Inference.Testing;

namespace Inference.Execution.Tests.GenAi;

/// <summary>A prompt, and what ONNX Runtime GenAI makes of it with a package.</summary>
/// <param name="Name">Of the case.</param>
/// <param name="PromptIds">The prompt.</param>
/// <param name="GreedyIds">The 32 tokens that follow.</param>
/// <param name="LastLogits">[vocabulary], after the prompt.</param>
internal sealed record PackageGolden(string Name, int[] PromptIds, int[] GreedyIds, float[] LastLogits)
{
    /// <summary>All packages that run on a CPU, as "model/variant".</summary>
    public static IEnumerable<string> CpuPackages { get; } =
    [
        .. Directory.GetFiles(RepositoryFiles.Packages, "model.onnx.data", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(RepositoryFiles.Packages, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The cases of a package in float32.</summary>
    public static List<PackageGolden> OfFloat32(string package)
    {
        var (folder, variant) = Parts(package);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden_genai_fp32.json")));
        return [.. json.RootElement.GetProperty(variant).EnumerateArray().Select(element => Read(element, element, Floats(element)))];
    }

    private static (string Folder, string Variant) Parts(string package)
    {
        var path = Path.Combine(RepositoryFiles.Packages, package);
        return (Path.GetDirectoryName(path)!, Path.GetFileName(path));
    }

    private static PackageGolden Read(JsonElement prompt, JsonElement output, float[] logits) =>
        new(prompt.GetProperty("name").GetString()!, Ids(prompt, "prompt_ids"), Ids(output, "greedy_ids"), logits);

    private static float[] Floats(JsonElement element) =>
        [.. element.GetProperty("last_prompt_logits").EnumerateArray().Select(value => value.GetSingle())];

    private static int[] Ids(JsonElement element, string property) => [.. element.GetProperty(property).EnumerateArray().Select(id => id.GetInt32())];
}
