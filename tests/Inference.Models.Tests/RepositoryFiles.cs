namespace Inference.Models.Tests;

/// <summary>Paths of the repository's test data and models.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Golden { get; } = Path.Combine(Root, "tests", "data", "golden");

    public static string ZooLlama { get; } = ZooModel("llama");

    /// <summary>The names of all tiny checkpoints with golden logits.</summary>
    public static IEnumerable<string> ZooModels { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Root, "tests", "data", "zoo"), "golden.json", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal),
    ];

    public static string SmolLm2 { get; } = Path.Combine(Root, "models", "smollm2-135m-instruct");

    public static string SmolLm2Gguf { get; } = Path.Combine(SmolLm2, "SmolLM2-135M-Instruct.Q4_1.gguf");

    public static string ZooModel(string name) => Path.Combine(Root, "tests", "data", "zoo", name);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Inference.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Inference.sln is in no folder above the tests.");
        }

        return folder;
    }
}
