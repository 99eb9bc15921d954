namespace Inference.Testing;

/// <summary>Paths of the repository's test data and models.</summary>
public static class RepositoryFiles
{
    /// <summary>The folder that holds Inference.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Reference outputs.</summary>
    public static string Golden { get; } = Path.Combine(Root, "tests", "data", "golden");

    /// <summary>A tiny llama checkpoint with its golden logits.</summary>
    public static string ZooLlama { get; } = Path.Combine(Root, "tests", "data", "zoo", "llama");

    /// <summary>The default model.</summary>
    public static string SmolLm2 { get; } = Path.Combine(Root, "models", "smollm2-135m-instruct");

    /// <summary>An embedding model.</summary>
    public static string MiniLm { get; } = Path.Combine(Root, "models", "all-minilm-l6-v2");

    /// <summary>Where tests keep converted models between runs: damaged or outdated ones are made anew.</summary>
    public static string ConversionCache { get; } = Path.Combine(Root, "artifacts", "test-models");

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
