namespace Inference.Tokenization.Tests;

/// <summary>The tokenizers of the repository, loaded once.</summary>
internal static class Tokenizers
{
    private static readonly Lazy<Tokenizer> LazySmolLm2 = new(
        () => Tokenizer.Load(RepositoryFiles.Path("models", "smollm2-135m-instruct", "tokenizer.json")));

    private static readonly Lazy<Tokenizer> LazyZoo = new(
        () => Tokenizer.Load(RepositoryFiles.Path("tests", "data", "zoo", "llama", "tokenizer.json")));

    public static Tokenizer SmolLm2 => LazySmolLm2.Value;

    public static Tokenizer Zoo => LazyZoo.Value;
}
