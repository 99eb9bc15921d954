namespace Inference.Tokenization.Tests.Unigram;

public sealed class UnigramModelTests
{
    private const string Pieces = """[["<unk>",0],["a",-1],["b",-2],["ab",-2.5],["abc",-9],["c",-1.5],["😀",-1],["<0xC3>",-1],["<0xA9>",-1]]""";

    [Theory]
    [InlineData("ab", "3")]
    [InlineData("abc", "3 5")]
    [InlineData("ba", "2 1")]
    [InlineData("a😀b", "1 6 2")]
    [InlineData("xa", "0 1")]
    [InlineData("axyzb", "1 0 2")]
    [InlineData("😁", "0")]
    [InlineData("axé", "1 0")]
    public void Encode_OfAText_TakesThePiecesThatScoreBest(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Load("\"unk_id\":0").Encode(text)));

    [Theory]
    [InlineData("é", "7 8")]
    [InlineData("aéb", "1 7 8 2")]
    [InlineData("aéxb", "1 0 2")]
    public void Encode_WithByteFallback_GivesTheBytesIfAllHaveTokens(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Load("\"unk_id\":0,\"byte_fallback\":true").Encode(text)));

    [Fact]
    public void Encode_OfEquals_TakesTheFirstFound()
    {
        Tokenizer tokenizer = Load("\"unk_id\":0", """[["<unk>",0],["a",-1],["b",-1],["ab",-2]]""");
        Assert.Equal([3], tokenizer.Encode("ab"));
    }

    [Fact]
    public void Encode_OfALongText_TakesNoMoreThanOneWayPerPlace()
    {
        string text = string.Concat(Enumerable.Repeat("abc", 100_000));
        Assert.Equal(200_000, Load("\"unk_id\":0").Encode(text).Length);
    }

    [Theory]
    [InlineData("""{"type":"Unigram"}""", "model: 'vocab' is missing")]
    [InlineData("""{"type":"Unigram","vocab":[["a"]]}""", "model.vocab[0]: must be a piece and its score")]
    [InlineData("""{"type":"Unigram","vocab":[["a","b"]]}""", "model.vocab[0][1]: must be a number")]
    [InlineData("""{"type":"Unigram","vocab":[["a",1e999]]}""", "model.vocab[0][1]: must be a number")]
    [InlineData("""{"type":"Unigram","vocab":[["a",1]],"unk_id":1}""", "model.unk_id: must be a whole number from 0 to 0")]
    public void Load_OfAMalformedModel_NamesTheField(string model, string message)
    {
        var e = Assert.Throws<TokenizerFormatException>(() => TinyTokenizer.Load($$"""{"model":{{model}}}"""));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static Tokenizer Load(string settings, string pieces = Pieces) =>
        TinyTokenizer.Load($$$"""{"model":{"type":"Unigram",{{{settings}}},"vocab":{{{pieces}}}}}""");
}
