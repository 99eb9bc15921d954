namespace Inference.Tokenization.Tests.AddedTokens;

public sealed class AddedVocabularyTests
{
    private const int First = 256;

    [Theory]
    [InlineData("\"normalized\":false", "a <t> b", "a , b")]
    [InlineData("\"normalized\":false,\"lstrip\":true", "a  <t> b", "a, b")]
    [InlineData("\"normalized\":false,\"rstrip\":true", "a <t>\t b", "a ,b")]
    [InlineData("\"normalized\":false,\"lstrip\":true,\"rstrip\":true", "a <t> <t> b", "a,,b")]
    [InlineData("\"normalized\":false,\"single_word\":true", "a<t> <t>b <t>", "a<t> <t>b ,")]
    [InlineData("\"normalized\":false,\"single_word\":true", "!<t>!", "!,!")]
    [InlineData("\"normalized\":false", "<t><t>", ",,")]
    [InlineData("\"normalized\":false", "<<t>t>", "<,t>")]
    public void Encode_OfAnAddedToken_TakesItsSettings(string settings, string text, string expected)
    {
        Tokenizer tokenizer = ByteLevel.Tokenizer(added: $"[{TinyTokenizer.Added(First, "<t>", settings)}]");
        Assert.Equal(expected, ShownWithCommas(tokenizer, text));
    }

    [Fact]
    public void Encode_WhereSeveralTokensStart_TakesTheLongest()
    {
        string[] tokens = [TinyTokenizer.Added(First, "<t>"), TinyTokenizer.Added(First + 1, "<t>>"), TinyTokenizer.Added(First + 2, ">a")];
        Tokenizer tokenizer = ByteLevel.Tokenizer(added: $"[{string.Join(',', tokens)}]");
        Assert.Equal([First + 1, 'a'], tokenizer.Encode("<t>>a"));
        Assert.Equal([First, 'x', First + 2], tokenizer.Encode("<t>x>a"));
    }

    [Fact]
    public void Encode_OfANormalizedToken_FindsItInTheNormalizedText()
    {
        string[] tokens =
        [
            TinyTokenizer.Added(First, "Yes", "\"normalized\":true,\"special\":false"),
            TinyTokenizer.Added(First + 1, "NO", "\"normalized\":false,\"special\":false"),
        ];
        Tokenizer tokenizer = ByteLevel.Tokenizer(normalizer: """{"type":"Lowercase"}""", added: $"[{string.Join(',', tokens)}]");
        Assert.Equal([First, First, First + 1, 'n', 'o'], tokenizer.Encode("YESyesNOno"));
        // What decodes is the text that stood for the token, which went through the normalizer.
        Assert.Equal("yesNO", tokenizer.Decode([First, First + 1]));
    }

    [Fact]
    public void Load_OfTokensBesideTheVocabulary_NumbersThemAfterIt()
    {
        string[] tokens = [TinyTokenizer.Added(0, "A"), TinyTokenizer.Added(First, "<x>"), TinyTokenizer.Added(First + 1, "<y>")];
        Tokenizer tokenizer = ByteLevel.Tokenizer(added: $"[{string.Join(',', tokens)}]");
        Assert.Equal('A', tokenizer.TokenToId("A"));
        Assert.Equal(First, tokenizer.TokenToId("<x>"));
        Assert.Equal("<y>", tokenizer.IdToToken(First + 1));
        Assert.Equal(First + 2, tokenizer.VocabularySize);
        Assert.Null(tokenizer.IdToToken(First + 2));
        Assert.Null(tokenizer.IdToToken(-1));
        Assert.Null(tokenizer.TokenToId("<z>"));
    }

    [Fact]
    public void Decode_OfSpecialTokens_LeavesThemOutOnRequest()
    {
        string[] tokens =
        [
            TinyTokenizer.Added(First, "<s>", "\"normalized\":false,\"special\":true"),
            TinyTokenizer.Added(First + 1, "<t>", "\"normalized\":false,\"special\":false"),
        ];
        Tokenizer tokenizer = ByteLevel.Tokenizer(added: $"[{string.Join(',', tokens)}]");
        Assert.Equal("a<t>", tokenizer.Decode([First, 'a', First + 1]));
        Assert.Equal("<s>a<t>", tokenizer.Decode([First, 'a', First + 1], skipSpecialTokens: false));
        Assert.True(tokenizer.IsSpecial(First));
        Assert.False(tokenizer.IsSpecial(First + 1));
        Assert.False(tokenizer.IsSpecial(1 << 30));
    }

    /// <summary>The text of the ids, with a comma for each added token.</summary>
    private static string ShownWithCommas(Tokenizer tokenizer, string text) =>
        tokenizer.Decode([.. tokenizer.Encode(text).Select(id => id < First ? id : ',')]);
}
