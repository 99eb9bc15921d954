namespace Inference.Tokenization.Tests;

public sealed class IncrementalDetokenizerTests
{
    private static readonly string[] Pieces =
    [
        "▁", "▁a", "b", " ", "  ", "##c", "x</w>", "<0xC3>", "<0xA9>", "<0xF0>", "<0x41>", "Ġ", "Ã", "©", "日", "😀", ".", " .", "aab",
        "<s>", "aa",
    ];

    public static TheoryData<string> Decoders { get; } = new(
        "null",
        ByteLevel.Decoder,
        Sequence("""{"type":"Replace","pattern":{"String":"▁"},"content":" "}""", """{"type":"ByteFallback"}""", Fuse,
            """{"type":"Strip","content":" ","start":1,"stop":0}"""),
        Sequence(Fuse, """{"type":"Strip","content":" ","start":2,"stop":2}""",
            """{"type":"Replace","pattern":{"String":"aab"},"content":"-"}"""),
        Sequence(ByteLevel.Decoder, """{"type":"WordPiece","prefix":"##","cleanup":true}"""),
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""",
        """{"type":"WordPiece","prefix":"##","cleanup":true}""",
        """{"type":"BPEDecoder","suffix":"</w>"}""");

    private const string Fuse = """{"type":"Fuse"}""";

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Append_OfRandomIds_AddsUpToDecode(string decoder)
    {
        string added = $"[{TinyTokenizer.Added(Array.IndexOf(Pieces, "<s>"), "<s>", "\"normalized\":false,\"special\":true")}]";
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(Pieces, added: added, decoder: decoder));
        AssertStreamsEqualDecode(tokenizer, rounds: 500, maxLength: 14);
    }

    [Fact]
    public void Append_OfRandomIdsOfRealTokenizers_AddsUpToDecode()
    {
        AssertStreamsEqualDecode(Tokenizers.SmolLm2, rounds: 200, maxLength: 60);
        AssertStreamsEqualDecode(Tokenizers.Zoo, rounds: 200, maxLength: 60);
    }

    [Fact]
    public void Append_WithinACharacter_WaitsForItsLastByte()
    {
        var stream = new IncrementalDetokenizer(Tokenizers.SmolLm2);
        int[] ids = Tokenizers.SmolLm2.Encode("a👨‍👩b");
        List<string> parts = [.. ids.Select(stream.Append)];
        Assert.Contains("", parts);
        Assert.All(parts, part => Assert.DoesNotContain('\uFFFD', part));
        Assert.Equal("a👨‍👩b", string.Concat(parts));
        Assert.Equal("", stream.Flush());
    }

    [Fact]
    public void Append_OfAsciiTokens_ReturnsEachAtOnce()
    {
        var stream = new IncrementalDetokenizer(Tokenizers.SmolLm2);
        foreach (int id in Tokenizers.SmolLm2.Encode("def main():\n    print('hi')\n"))
            Assert.Equal(Tokenizers.SmolLm2.Decode([id]), stream.Append(id));
    }

    [Fact]
    public void Flush_AfterHalfACharacter_GivesTheReplacementAndStartsAnew()
    {
        Tokenizer tokenizer = ByteLevel.Tokenizer();
        var stream = new IncrementalDetokenizer(tokenizer);
        Assert.Equal("", stream.Append(0xF0));
        Assert.Equal("", stream.Append(0x9F));
        Assert.Equal("\uFFFD", stream.Flush());
        Assert.Equal("", stream.Append(0xC3));
        Assert.Equal("é", stream.Append(0xA9));
    }

    [Fact]
    public void Append_OfSpecialTokens_SkipsOrShowsThem()
    {
        int end = Tokenizers.SmolLm2.TokenToId("<|im_end|>")!.Value;
        Assert.Equal("", new IncrementalDetokenizer(Tokenizers.SmolLm2).Append(end));
        Assert.Equal("<|im_end|>", new IncrementalDetokenizer(Tokenizers.SmolLm2, skipSpecialTokens: false).Append(end));
    }

    private static void AssertStreamsEqualDecode(Tokenizer tokenizer, int rounds, int maxLength)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int round = 0; round < rounds; round++)
        {
            // A few ids beyond the vocabulary: they add nothing.
            int[] ids = [.. Enumerable.Range(0, random.Next(maxLength + 1)).Select(_ => random.Next(tokenizer.VocabularySize + 2))];
            bool skip = random.Next(2) == 0;
            var stream = new IncrementalDetokenizer(tokenizer, skip);
            List<string> parts = [.. ids.Select(stream.Append), stream.Flush()];
            Assert.Equal(tokenizer.Decode(ids, skip), string.Concat(parts));
            Assert.All(parts, part => Assert.True(part.Length == 0 || (!char.IsLowSurrogate(part[0]) && !char.IsHighSurrogate(part[^1]))));
        }
    }

    private static string Sequence(params ReadOnlySpan<string> decoders) =>
        $$"""{"type":"Sequence","decoders":[{{string.Join(',', decoders)}}]}""";
}
