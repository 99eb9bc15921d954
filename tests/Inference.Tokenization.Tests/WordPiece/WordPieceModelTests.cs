using System.Text.Json;

namespace Inference.Tokenization.Tests.WordPiece;

public sealed class WordPieceModelTests
{
    private static readonly string[] Vocabulary = ["[UNK]", "un", "##aff", "##able", "##a", "able", "a", "##😀", "😀", "##"];

    [Theory]
    [InlineData("unaffable", "1 2 3")]
    [InlineData("able", "5")]
    [InlineData("unable", "1 3")]
    [InlineData("aa", "6 4")]
    [InlineData("😀😀a", "8 7 4")]
    [InlineData("unaffx", "0")]
    [InlineData("x", "0")]
    [InlineData("##", "9")]
    [InlineData("a##", "0")]
    public void Encode_OfAWord_TakesTheLongestTokens(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Load("\"max_input_chars_per_word\":9,").Encode(text)));

    [Theory]
    [InlineData("aaaaaaaaa", "6 4 4 4 4 4 4 4 4")]
    [InlineData("aaaaaaaaaa", "0")]
    [InlineData("😀😀😀😀😀😀😀😀😀", "8 7 7 7 7 7 7 7 7")]
    public void Encode_OfAWordThatIsTooLong_IsUnknown(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Load("\"max_input_chars_per_word\":9,").Encode(text)));

    [Fact]
    public void Encode_WithAnotherPrefix_UsesIt()
    {
        Tokenizer tokenizer = TinyTokenizer.Load(Json(["?", "a", "@b"], "\"continuing_subword_prefix\":\"@\",", "?"));
        Assert.Equal([1, 2, 2], tokenizer.Encode("abb"));
    }

    [Theory]
    [InlineData("\"vocab\":{\"a\":0}", "'unk_token' is missing")]
    [InlineData("\"unk_token\":\"b\",\"vocab\":{\"a\":0}", "model.unk_token: 'b' is not in the vocabulary")]
    [InlineData("\"unk_token\":\"a\",\"vocab\":{\"a\":0},\"max_input_chars_per_word\":100000", "model.max_input_chars_per_word: must be a whole number from 1 to 1000")]
    public void Load_OfAMalformedModel_NamesTheField(string model, string expected) => Assert.Contains(
        expected,
        Assert.Throws<TokenizerFormatException>(() => TinyTokenizer.Load("{\"model\":{\"type\":\"WordPiece\"," + model + "}}")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void MiniLm_GoldenTexts_EqualTheReference()
    {
        var tokenizer = Tokenizer.Load(RepositoryFiles.Path("models", "all-minilm-l6-v2", "tokenizer.json"));
        using var golden = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.Path("tests", "data", "golden", "all-minilm-l6-v2.json")));

        Assert.All(golden.RootElement.EnumerateArray(), item =>
        {
            var text = item.GetProperty("text").GetString()!;
            Assert.Equal(GoldenFile.Ids(item.GetProperty("input_ids")), tokenizer.Encode(text, addSpecialTokens: true));
            Assert.Equal(GoldenFile.Ids(item.GetProperty("input_ids"))[1..^1], tokenizer.Encode(text));
        });
        Assert.Equal("the cat sits outside.", tokenizer.Decode(tokenizer.Encode("The CAT sits outside.", addSpecialTokens: true)));
    }

    private static Tokenizer Load(string settings) => TinyTokenizer.Load(Json(Vocabulary, settings, "[UNK]"));

    private static string Json(string[] vocabulary, string settings, string unk)
    {
        string vocab = string.Join(",", vocabulary.Select((token, id) => $"{JsonSerializer.Serialize(token)}:{id}"));
        return $$$"""{"model":{"type":"WordPiece","unk_token":"{{{unk}}}",{{{settings}}}"vocab":{ {{{vocab}}} } }}""";
    }
}
