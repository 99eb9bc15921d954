using Inference.Models.Checkpoints;
using Inference.Tokenization.Tests.SentencePiece;

namespace Inference.Tokenization.Tests.Gguf;

public sealed class GgufTokenizerReaderTests
{
    public static TheoryData<string, object?, string> Malformed { get; } = new()
    {
        { "tokenizer.ggml.model", null, "metadata 'tokenizer.ggml.model': is missing" },
        { "tokenizer.ggml.model", "rwkv", "metadata 'tokenizer.ggml.model': 'rwkv' is not supported" },
        { "tokenizer.ggml.model", 7u, "metadata 'tokenizer.ggml.model': should be a string" },
        { "tokenizer.ggml.tokens", null, "metadata 'tokenizer.ggml.tokens': is missing" },
        { "tokenizer.ggml.tokens", Array.Empty<string>(), "metadata 'tokenizer.ggml.tokens': has 0 tokens" },
        { "tokenizer.ggml.token_type", new[] { 1 }, "metadata 'tokenizer.ggml.token_type': should have 4 elements" },
        { "tokenizer.ggml.token_type", new[] { 1, 1, 1, 77 }, "metadata 'tokenizer.ggml.token_type': token 3 has the unknown type 77" },
        { "tokenizer.ggml.merges", null, "metadata 'tokenizer.ggml.merges': is missing" },
        { "tokenizer.ggml.merges", new[] { "ab" }, "metadata 'tokenizer.ggml.merges': merge 0 must be two tokens" },
        { "tokenizer.ggml.merges", new[] { "a b", "b a" }, "metadata 'tokenizer.ggml.merges': merge 1 has a part or a result" },
        { "tokenizer.ggml.pre", "new-one", "metadata 'tokenizer.ggml.pre': 'new-one' is not known" },
        { "tokenizer.ggml.eos_token_id", 4u, "metadata 'tokenizer.ggml.eos_token_id': 4 is no token's id" },
        { "tokenizer.ggml.eos_token_id", "x", "metadata 'tokenizer.ggml.eos_token_id': should be a token's id" },
        { "tokenizer.ggml.add_bos_token", 1u, "metadata 'tokenizer.ggml.add_bos_token': should be a bool" },
    };

    [Fact]
    public void Load_OfTheSmolLm2File_GivesTheReferencesIdsAndPrompts()
    {
        string path = Path.Combine(PublishedTokenizers.FolderOf("smollm2"), "SmolLM2-135M-Instruct.Q4_1.gguf");
        using var model = ModelFolder.Open(path);
        using var folder = new TemporaryFolder();
        TokenizerFolder read = TokenizerFolder.Load(folder.Path, new GgufVocabulary(path, model.GgufMetadata!));
        TokenizerFolder published = PublishedTokenizers.Load("smollm2");
        Assert.Equal([], GoldenFile.Differences(read.Tokenizer, PublishedTokenizers.GoldenOf("smollm2")));
        Assert.Equal(published.ChatTemplateSource, read.ChatTemplateSource);
        Assert.Equal(published.EosTokenIds, read.EosTokenIds);
        Assert.Equal((published.BosToken, published.EosToken), (read.BosToken, read.EosToken));
        Assert.Equal(published.Tokenizer.VocabularySize, read.Tokenizer.VocabularySize);
        Assert.All(Enumerable.Range(0, read.Tokenizer.VocabularySize), id =>
            Assert.Equal(published.Tokenizer.IsSpecial(id), read.Tokenizer.IsSpecial(id)));
    }

    [Theory]
    [InlineData("llama3_1", "llama-bpe")]
    [InlineData("qwen3", "qwen2")]
    [InlineData("gptoss", "gpt-4o")]
    [InlineData("deepseek_v3", "deepseek-v3")]
    public void Load_OfAPublishedVocabulary_GivesTheReferencesIds(string name, string pre)
    {
        Dictionary<string, object> metadata = GgufVocabularies.OfByteLevel(name, pre);
        Assert.Equal([], GoldenFile.Differences(Load(metadata).Tokenizer, PublishedTokenizers.GoldenOf(name)));
    }

    [Fact]
    public void Load_OfLlama2Scores_GivesTheReferencesIds()
    {
        List<(string Text, float Score, int Type)> pieces = SentencePieceModels.Llama2Pieces();
        Dictionary<string, object> metadata = new()
        {
            ["tokenizer.ggml.model"] = "llama",
            ["tokenizer.ggml.tokens"] = pieces.Select(piece => piece.Text).ToArray(),
            ["tokenizer.ggml.scores"] = pieces.Select(piece => piece.Score).ToArray(),
            ["tokenizer.ggml.token_type"] = pieces.Select(piece => piece.Type).ToArray(),
            ["tokenizer.ggml.bos_token_id"] = 1u,
            ["tokenizer.ggml.eos_token_id"] = 2u,
        };
        TokenizerFolder read = Load(metadata);
        Assert.Equal([], GoldenFile.Differences(read.Tokenizer, PublishedTokenizers.GoldenOf("llama2")));
        Assert.Equal(("<s>", "</s>"), (read.BosToken, read.EosToken));
        Assert.Equal([2], read.EosTokenIds);
    }

    [Fact]
    public void Load_BesideATokenizerJson_TakesThat()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TinyTokenizer.Json(["b", "a"]));
        TokenizerFolder read = TokenizerFolder.Load(folder.Path, new GgufVocabulary("model.gguf", Small()));
        Assert.Equal([1], read.Tokenizer.Encode("a"));
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Load_OfMalformedMetadata_NamesTheKey(string key, object? value, string message)
    {
        Dictionary<string, object> metadata = Small();
        metadata.Remove(key);
        if (value is not null)
            metadata[key] = value;
        var e = Assert.Throws<TokenizerFormatException>(() => Load(metadata));
        Assert.StartsWith("model.gguf: " + message, e.Message, StringComparison.Ordinal);
    }

    private static TokenizerFolder Load(Dictionary<string, object> metadata)
    {
        using var folder = new TemporaryFolder();
        return TokenizerFolder.Load(folder.Path, new GgufVocabulary("model.gguf", metadata));
    }

    private static Dictionary<string, object> Small() => new()
    {
        ["tokenizer.ggml.model"] = "gpt2",
        ["tokenizer.ggml.pre"] = "gpt-2",
        ["tokenizer.ggml.tokens"] = new[] { "a", "b", "ab", "<end>" },
        ["tokenizer.ggml.token_type"] = new[] { 1, 1, 1, 3 },
        ["tokenizer.ggml.merges"] = new[] { "a b" },
        ["tokenizer.ggml.eos_token_id"] = 3u,
    };
}
