using System.Text.Json;
using Inference.Tokenization.Loading;
using Inference.Tokenization.PreTokenization;

namespace Inference.Tokenization.Tests.PreTokenization;

public sealed class PreTokenizerTests
{
    [Theory]
    [InlineData("Removed", false, "the|final|countdown")]
    [InlineData("Isolated", false, "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", false, "the-|final-|-|countdown")]
    [InlineData("MergedWithNext", false, "the|-final|-|-countdown")]
    [InlineData("Contiguous", false, "the|-|final|--|countdown")]
    [InlineData("Removed", true, "-|-|-")]
    [InlineData("Isolated", true, "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", true, "the|-final|-|-countdown")]
    [InlineData("MergedWithNext", true, "the-|final-|-|countdown")]
    [InlineData("Contiguous", true, "the|-|final|--|countdown")]
    public void Split_WithABehavior_DealsWithTheDelimiters(string behavior, bool invert, string expected)
    {
        string json = $$"""
            {"type":"Split","pattern":{"String":"-"},"behavior":"{{behavior}}","invert":{{(invert ? "true" : "false")}}}
            """;
        Assert.Equal(expected, Split(json, "the-final--countdown"));
    }

    [Theory]
    [InlineData("""{"type":"Digits","individual_digits":true}""", "ab12 ½٣x", "ab|1|2| |½|٣|x")]
    [InlineData("""{"type":"Digits","individual_digits":false}""", "ab12 ½٣x", "ab|12| |½٣|x")]
    [InlineData("""{"type":"Punctuation"}""", "a,b!!$€", "a|,|b|!|!|$|€")]
    [InlineData("""{"type":"Punctuation","behavior":"Contiguous"}""", "a,b!!c", "a|,|b|!!|c")]
    [InlineData("""{"type":"Whitespace"}""", "a_b c!? d\u0301😀", "a_b|c|!?|d\u0301|😀")]
    [InlineData("""{"type":"WhitespaceSplit"}""", " a!  b\u3000c ", "a!|b|c")]
    [InlineData("""{"type":"BertPreTokenizer"}""", "a, b", "a|,|b")]
    [InlineData("""{"type":"CharDelimiterSplit","delimiter":"x"}""", "axbxxc", "a|b|c")]
    [InlineData("""{"type":"FixedLength","length":2}""", "ab😀cd", "ab|😀c|d")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""", "a b  c", "▁a|▁b|▁|▁c")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""", "a b", "a|▁b")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","add_prefix_space":true}""", " a", "▁a")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""", "a b", "▁a▁b")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}""", "it's é 12", "Ġit|'s|ĠÃ©|Ġ12")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""", "a b", "aĠb")]
    [InlineData("""{"type":"Split","pattern":{"String":""},"behavior":"Isolated","invert":false}""", "a😀b", "a|😀|b")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"[0-9][0-9]"},"behavior":"Isolated","invert":false}""", "12345", "12|34|5")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},"""
        + """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}]}""", "a b", "▁a|b")]
    [InlineData("""{"type":"Sequence","pretokenizers":[]}""", "a b", "a b")]
    public void Split_OfAText_GivesTheReferencesPieces(string json, string text, string expected) =>
        Assert.Equal(expected, Split(json, text));

    [Fact]
    public void Split_ByByteLevelInTheMiddle_SplitsItsSpelling()
    {
        const string Json = """
            {"type":"Sequence","pretokenizers":[{"type":"Punctuation","behavior":"Contiguous"},
             {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},{"type":"Digits","individual_digits":false},
             {"type":"Split","pattern":{"Regex":"Ġ"},"behavior":"Isolated","invert":false}]}
            """;
        Assert.Equal("a|Ġ|é|12|!!".Replace("é", "Ã©", StringComparison.Ordinal), Split(Json, "a é12!!"));
    }

    [Fact]
    public void Metaspace_WithSchemeFirst_PrependsOnlyAtTheStartOfTheInput()
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(
            ["a", "▁", "<s>"], added: $"[{TinyTokenizer.Added(2, "<s>")}]",
            preTokenizer: """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}"""));
        Assert.Equal([1, 0, 2, 0], tokenizer.Encode("a<s>a"));
        Assert.Equal([2, 0, 1, 0], tokenizer.Encode("<s>a a"));
    }

    private static string Split(string json, string text)
    {
        using var document = JsonDocument.Parse(json);
        PreTokenizer preTokenizer = PreTokenizerReader.Read(new JsonField(document.RootElement, "test", ""));
        List<Piece> pieces = [];
        preTokenizer.Split(new Piece(text, 0, text.Length, AtStart: true), pieces);
        return string.Join('|', pieces);
    }
}
