using Inference.Tokenization.Patterns;
using Inference.Tokenization.PreTokenization;

namespace Inference.Tokenization.Gguf;

/// <summary>
/// The pre-tokenizers that GGUF files name by <c>tokenizer.ggml.pre</c>: patterns to split by one after the other, those of the models'
/// own tokenizer.json.
/// </summary>
internal static class GgufPreTokenizers
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Digit = @"\p{N}";
    private const string ThreeDigits = "[0-9][0-9][0-9]";
    private const string BloomWords = " ?[^(\\s|.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C)]+";

    private const string Upper = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Ending = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
    private const string SymbolsAndSpaces = @" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Gpt4O = $@"{Upper}*{Lower}+{Ending}|{Upper}+{Lower}*{Ending}|\p{{N}}{{1,3}}|{SymbolsAndSpaces}";
    private const string Tekken = $@"{Upper}*{Lower}+|{Upper}+{Lower}*|\p{{N}}|{SymbolsAndSpaces}";

    private static readonly string Llama3 = Cl100K(@"\p{N}{1,3}");
    private static readonly string Qwen2 = Cl100K(Digit);

    private static readonly string[] DeepSeekV3 =
    [
        @"\p{N}{1,3}",
        "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+",
        """[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"""
            + @" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ];

    /// <summary>All names that are known.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "bloom", "codeshell", "command-r", "dbrx", "deepseek-r1-qwen", "deepseek-v3", "exaone",
        "falcon", "falcon3", "gpt-2", "gpt-4o", "gpt3-finnish",
        "jais", "jina-de", "jina-es", "jina-v2-de", "jina-v2-es", "llama-bpe", "llama-v3",
        "llama3", "llama4", "megrez", "minerva-7b", "mpt", "olmo",
        "phi-2", "pixtral", "poro-chat", "qwen2", "refact", "roberta-bpe",
        "smaug-bpe", "smollm", "stablelm2", "starcoder", "tekken", "viking",
    ];

    /// <summary>
    /// Whether a piece that is a token counts as one whatever the merges say: so the vocabularies that were made for OpenAI's tiktoken.
    /// </summary>
    public static bool IgnoresMerges(string name) =>
        name is "llama3" or "llama-v3" or "llama-bpe" or "falcon3" or "pixtral" or "tekken" or "gpt-4o" or "llama4";

    /// <summary>Null for a name that is not known.</summary>
    public static PreTokenizer? Find(string name)
    {
        string[]? patterns = name switch
        {
            "gpt-2" or "phi-2" or "mpt" or "olmo" or "jais" or "roberta-bpe"
                or "jina-es" or "jina-de" or "jina-v2-es" or "jina-v2-de" => [Gpt2],
            "smollm" or "starcoder" or "refact" or "command-r" or "codeshell" or "exaone" or "minerva-7b" => [Digit, Gpt2],
            "llama3" or "llama-v3" or "llama-bpe" or "falcon3" or "pixtral" or "dbrx" or "smaug-bpe" => [Llama3],
            "qwen2" or "stablelm2" or "deepseek-r1-qwen" or "megrez" => [Qwen2],
            "gpt-4o" or "llama4" => [Gpt4O],
            "tekken" => [Tekken],
            "deepseek-v3" => DeepSeekV3,
            "falcon" => [@"[\p{P}\$\+<=>\^~\|`]+", Gpt2, ThreeDigits],
            "bloom" or "gpt3-finnish" or "poro-chat" => [BloomWords],
            "viking" => [BloomWords, Digit],
            _ => null,
        };
        return patterns is null ? null : new SequencePreTokenizer([
            .. patterns.Select(pattern => new PatternSplitter(Pattern.Parse(pattern), SplitBehavior.Isolated, invert: false)),
            new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false)]);
    }

    /// <summary>OpenAI's cl100k pattern with another rule for numbers.</summary>
    private static string Cl100K(string numbers) =>
        $@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{numbers}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
}
