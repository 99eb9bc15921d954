using System.Collections.Concurrent;

namespace Inference.Tokenization.Tests;

/// <summary>Published tokenizers, which the build fetches, and the golden files that go with them. Each is loaded once.</summary>
internal static class PublishedTokenizers
{
    private static readonly ConcurrentDictionary<string, Lazy<TokenizerFolder>> Loaded = new();

    public static TheoryData<string> Names { get; } =
    [
        "claude", "deepseek_v3", "gemini", "gemma3", "gpt35turbo", "gpt4o", "gptoss", "llama2", "llama3", "llama3_1", "qwen3", "smollm2",
    ];

    public static string FolderOf(string name) => name == "smollm2"
        ? RepositoryFiles.Path("models", "smollm2-135m-instruct")
        : RepositoryFiles.Path("tests", "Inference.Tokenization.Tests", "obj", "tokenizers", $"tokenizer-{name}", "models");

    public static string GoldenOf(string name) => RepositoryFiles.Path("tests", "data", "golden", "tokenizers", $"{name}.json");

    public static TokenizerFolder Load(string name) =>
        Loaded.GetOrAdd(name, key => new Lazy<TokenizerFolder>(() => TokenizerFolder.Load(FolderOf(key)))).Value;
}
