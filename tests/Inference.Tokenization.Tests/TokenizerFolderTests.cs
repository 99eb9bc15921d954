namespace Inference.Tokenization.Tests;

public sealed class TokenizerFolderTests
{
    private static readonly string Minimal = TinyTokenizer.Json(["a", "<s>", "</s>"]);

    [Fact]
    public void Load_OfSmolLm2_ReadsAllItsFiles()
    {
        TokenizerFolder folder = TokenizerFolder.Load(RepositoryFiles.Path("models", "smollm2-135m-instruct"));
        Assert.Equal("<|im_start|>", folder.BosToken);
        Assert.Equal("<|im_end|>", folder.EosToken);
        Assert.Equal("<|im_end|>", folder.PadToken);
        Assert.Equal("<|endoftext|>", folder.UnkToken);
        Assert.Equal([2], folder.EosTokenIds);
        Assert.StartsWith("{% for message in messages %}", folder.ChatTemplateSource, StringComparison.Ordinal);
        Assert.Null(folder.AddBosToken);
        Assert.Equal(49152, folder.Tokenizer.VocabularySize);
    }

    [Fact]
    public void Load_OfTokenizerJsonAlone_LeavesTheRestOpen()
    {
        TokenizerFolder folder = Load();
        Assert.Null(folder.BosToken);
        Assert.Empty(folder.EosTokenIds);
        Assert.Null(folder.ChatTemplateSource);
        Assert.Empty(folder.NamedChatTemplates);
    }

    [Fact]
    public void Load_OfTokensAsObjects_TakesTheirContent()
    {
        TokenizerFolder folder = Load(
            ("tokenizer_config.json",
                """{"bos_token":{"content":"<s>","lstrip":false},"eos_token":"</s>","pad_token":null,"add_bos_token":true}"""),
            ("special_tokens_map.json", """{"pad_token":{"content":"a"},"bos_token":"not this"}"""));
        Assert.Equal("<s>", folder.BosToken);
        Assert.Equal("a", folder.PadToken);
        Assert.True(folder.AddBosToken);
        Assert.Equal([2], folder.EosTokenIds);
    }

    [Theory]
    [InlineData("""{"eos_token_id":[1,2]}""", """{"eos_token_id":0}""", "1 2")]
    [InlineData("""{"eos_token_id":1}""", """{"eos_token_id":0}""", "1")]
    [InlineData("""{"eos_token_id":null}""", """{"eos_token_id":[0]}""", "0")]
    [InlineData("{}", "{}", "2")]
    public void Load_OfEosTokenIds_AsksTheFilesInOrder(string generation, string config, string expected)
    {
        TokenizerFolder folder = Load(
            ("generation_config.json", generation), ("config.json", config), ("tokenizer_config.json", """{"eos_token":"</s>"}"""));
        Assert.Equal(expected, string.Join(' ', folder.EosTokenIds));
    }

    [Fact]
    public void Load_OfNamedTemplates_KeepsThemAll()
    {
        TokenizerFolder folder = Load(("tokenizer_config.json",
            """{"chat_template":[{"name":"default","template":"D"},{"name":"tool_use","template":"T"}]}"""));
        Assert.Equal("D", folder.ChatTemplateSource);
        Assert.Equal("T", folder.NamedChatTemplates["tool_use"]);
    }

    [Fact]
    public void Load_OfATemplateFile_CountsBeforeTheConfig()
    {
        (string, string) config = ("tokenizer_config.json", """{"chat_template":"C"}""");
        Assert.Equal("C", Load(config).ChatTemplateSource);
        Assert.Equal("J", Load(config, ("chat_template.json", """{"chat_template":"J"}""")).ChatTemplateSource);
        Assert.Equal("{{ x }}\n", Load(config, ("chat_template.jinja", "{{ x }}\n")).ChatTemplateSource);
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{", "not valid JSON")]
    [InlineData("tokenizer_config.json", """{"bos_token":7}""", "bos_token: must be a string")]
    [InlineData("tokenizer_config.json", """{"chat_template":[{"name":"x"}]}""", "chat_template[0]: 'template' is missing")]
    [InlineData("generation_config.json", """{"eos_token_id":[-1]}""", "eos_token_id[0]: must be a whole number")]
    [InlineData("config.json", """{"eos_token_id":"2"}""", "eos_token_id: must be a whole number")]
    public void Load_OfAMalformedFile_NamesFileAndField(string name, string content, string expected)
    {
        string message = Assert.Throws<TokenizerFormatException>(() => Load((name, content))).Message;
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    private static TokenizerFolder Load(params ReadOnlySpan<(string Name, string Content)> files)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", Minimal);
        foreach ((string name, string content) in files)
            folder.Write(name, content);
        return TokenizerFolder.Load(folder.Path);
    }
}
