namespace Inference.Models.Tests;

/// <summary>Paths of the repository's test data and models.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Golden { get; } = Path.Combine(Root, "tests", "data", "golden");

    public static string ZooLlama { get; } = Path.Combine(Root, "tests", "data", "zoo", "llama");

    public static string SmolLm2 { get; } = Path.Combine(Root, "models", "smollm2-135m-instruct");

    public static string SmolLm2Gguf { get; } = Path.Combine(SmolLm2, "SmolLM2-135M-Instruct.Q4_1.gguf");

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
