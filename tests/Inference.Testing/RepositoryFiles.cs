namespace Inference.Testing;

/// <summary>Paths of the repository's test data and models.</summary>
public static class RepositoryFiles
{
    /// <summary>The folder that holds Inference.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Reference outputs.</summary>
    public static string Golden { get; } = Path.Combine(Root, "tests", "data", "golden");

    /// <summary>A tiny llama checkpoint with its golden logits.</summary>
    public static string ZooLlama { get; } = ZooModel("llama");

    /// <summary>The names of all tiny checkpoints with golden logits, at least one of every model family.</summary>
    public static IEnumerable<string> ZooModels { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Root, "tests", "data", "zoo"), "golden.json", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The default model.</summary>
    public static string SmolLm2 { get; } = Path.Combine(Root, "models", "smollm2-135m-instruct");

    /// <summary>An embedding model.</summary>
    public static string MiniLm { get; } = Path.Combine(Root, "models", "all-minilm-l6-v2");

    /// <summary>Where tests keep converted models between runs: damaged or outdated ones are made anew.</summary>
    public static string ConversionCache { get; } = Path.Combine(Root, "artifacts", "test-models");

    /// <summary>The folder of an adapter for <see cref="ZooLlama"/>, with golden logits.</summary>
    public static string Lora(string name) => Path.Combine(Root, "tests", "data", "lora", name);

    /// <summary>The folder of a tiny checkpoint.</summary>
    public static string ZooModel(string name) => Path.Combine(Root, "tests", "data", "zoo", name);

    /// <summary>The folder of a package for ONNX Runtime GenAI.</summary>
    /// <param name="model">Such as llama.</param>
    /// <param name="variant">Such as fp32-cpu.</param>
    public static string Package(string model, string variant) => Path.Combine(Packages, model, variant);

    /// <summary>Tiny packages for ONNX Runtime GenAI: a folder for each model, in it one for each variant, and what GenAI makes of them.</summary>
    public static string Packages { get; } = Path.Combine(Root, "tests", "data", "packages");

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
