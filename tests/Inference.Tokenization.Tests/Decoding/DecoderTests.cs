namespace Inference.Tokenization.Tests.Decoding;

public sealed class DecoderTests
{
    private const string Replace = """{"type":"Replace","pattern":{"String":"▁"},"content":" "}""";
    private const string Llama = "{\"type\":\"Sequence\",\"decoders\":[" + Replace
        + """,{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""";

    [Theory]
    [InlineData("null", "a|b", "a b")]
    [InlineData("""{"type":"Fuse"}""", "a|b", "ab")]
    [InlineData("""{"type":"Sequence","decoders":[]}""", "a|b", "ab")]
    [InlineData(Llama, "▁a|▁b|<0xC3>|<0xA9>|c", "a béc")]
    [InlineData(Llama, "▁▁a", " a")]
    [InlineData(Llama, "<0xC3>|<0xA9>|<0xFF>|c", "\uFFFD\uFFFD\uFFFDc")]
    [InlineData(Llama, "<0x41>|<0xC3>", "\uFFFD\uFFFD")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""", "▁a▁b|▁c", "ab c")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""", "▁a|▁c", " a c")]
    [InlineData("""{"type":"WordPiece","prefix":"##","cleanup":true}""", "it|'s|##x|do|not|.", "it'sx do not.")]
    [InlineData("""{"type":"WordPiece","prefix":"##","cleanup":false}""", "a|##b|.", "ab .")]
    [InlineData("""{"type":"BPEDecoder","suffix":"</w>"}""", "a</w>|b|c</w>", "a bc")]
    [InlineData("""{"type":"Strip","content":"x","start":1,"stop":2}""", "xxaxxx|x|xax", "xaxa")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":"x","start":2,"stop":1}]}""",
        "x|xxa|x|x", "xax")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":"x","start":1,"stop":1}]}""", "x|x", "")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":"x","start":0,"stop":2}]}""",
        "a|x|b|x", "axb")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Replace","pattern":{"String":"aab"},"content":"-"}]}""",
        "a|a|a|b|aa|ba", "a--a")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Replace","pattern":{"Regex":"a+"},"content":"-"}]}""",
        "a|a|b|aa", "-b-")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Metaspace","replacement":"▁"}]}""", "▁a|▁b", "ab")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""", "Ġa|ðŁ|ĺ|Ģ|日", " a😀日")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""", "ðŁ|a|Ã", "\uFFFDa\uFFFD")]
    public void Decode_OfTokens_IsAsTheReferenceDoes(string decoder, string tokens, string expected)
    {
        string[] distinct = [.. tokens.Split('|').Distinct()];
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(distinct, decoder: decoder));
        int[] ids = [.. tokens.Split('|').Select(token => Array.IndexOf(distinct, token))];
        Assert.Equal(expected, tokenizer.Decode(ids));
        var stream = new IncrementalDetokenizer(tokenizer);
        Assert.Equal(expected, string.Concat(ids.Select(stream.Append)) + stream.Flush());
    }

    [Fact]
    public void Decode_OfNothing_IsEmpty()
    {
        Assert.Equal("", Tokenizers.SmolLm2.Decode([]));
        Assert.Equal("", Tokenizers.SmolLm2.Decode([-1, int.MaxValue]));
    }
}
