using System.Text;

namespace Inference.Tokenization.Tests;

public sealed class TokenizerTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("\0a\0\0b\u0001")]
    [InlineData("𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠀀𠀁𪚥 😀😃 ½Ⅷ٣ \u00A0\u2003\u3000")]
    [InlineData("\r\n\n\t  x \r")]
    [InlineData("\uFFFE\uFFFF\U0010FFFF\uFEFF")]
    public void Decode_OfAnEncodedText_IsTheText(string text)
    {
        Assert.Equal(text, Tokenizers.SmolLm2.Decode(Tokenizers.SmolLm2.Encode(text), skipSpecialTokens: false));
        Assert.Equal(text, Tokenizers.Zoo.Decode(Tokenizers.Zoo.Encode(text), skipSpecialTokens: false));
    }

    [Fact]
    public void Encode_OfALoneSurrogate_TakesItAsTheReplacementCharacter()
    {
        // Not as test data: metadata cannot hold lone surrogates.
        Assert.Equal(Tokenizers.SmolLm2.Encode("\uFFFD"), Tokenizers.SmolLm2.Encode("\uD800"));
        Assert.Equal(Tokenizers.SmolLm2.Encode("a\uFFFDb"), Tokenizers.SmolLm2.Encode("a\uDC00b"));
        Assert.Equal(Tokenizers.SmolLm2.Encode("\uFFFD😀\uFFFD"), Tokenizers.SmolLm2.Encode("\uD83D\uD83D\uDE00\uD83D"));
    }

    /// <summary>Quadratic work would take hours on these.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("7")]
    [InlineData("!")]
    [InlineData("<")]
    [InlineData("😀")]
    [InlineData("\u0301")]
    [InlineData("世界")]
    [InlineData(" \t")]
    [InlineData("<|im_start|")]
    [InlineData("<|im_start|>")]
    public async Task Encode_OfAMegabyteOfOneThing_Ends(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / Encoding.UTF8.GetByteCount(unit)));
        int[] ids = await Task.Run(() => Tokenizers.SmolLm2.Encode(text), TestContext.Current.CancellationToken)
            .WaitAsync(HangGuard, TestContext.Current.CancellationToken);
        Assert.Equal(text, Tokenizers.SmolLm2.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Encode_OnManyThreads_GivesTheSameIds()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(
            i => $"Thread test {i * 7919}: naïve café 日本語 {new string('z', i)} <|im_end|>")];
        Tokenizer fresh = Tokenizer.Load(RepositoryFiles.Path("models", "smollm2-135m-instruct", "tokenizer.json"));
        Parallel.For(0, 2_000, i =>
        {
            int[] ids = fresh.Encode(texts[i % texts.Length]);
            Assert.Equal(Tokenizers.SmolLm2.Encode(texts[i % texts.Length]), ids);
            Assert.Equal(texts[i % texts.Length], fresh.Decode(ids, skipSpecialTokens: false));
        });
    }

    [Fact]
    public void Encode_OfATextSeenBefore_GivesTheSameIds()
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(["a", "b", "ab"], """["a b"]"""));
        Assert.Equal([2, 0], tokenizer.Encode("aba"));
        Assert.Equal([2, 0], tokenizer.Encode("aba"));
        Assert.Equal([2], tokenizer.Encode("ab"));
    }

    [Fact]
    public void VocabularySize_OfSmolLm2_IsThatOfTheModel()
    {
        Assert.Equal(49152, Tokenizers.SmolLm2.VocabularySize);
        Assert.Equal(2, Tokenizers.SmolLm2.TokenToId("<|im_end|>"));
        Assert.Equal("<|im_end|>", Tokenizers.SmolLm2.IdToToken(2));
    }

    [Fact]
    public void Encode_WithoutPreTokenizer_TakesTheTextWhole()
    {
        const string Normalizer = """
            {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}
            """;
        Tokenizer tokenizer = TinyTokenizer.Load(
            TinyTokenizer.Json(["▁", "a", "▁a", "▁a▁a"], """["▁ a","▁a ▁a"]""", normalizer: Normalizer));
        Assert.Equal([3], tokenizer.Encode("a a"));
        Assert.Equal([], tokenizer.Encode(""));
    }
}
