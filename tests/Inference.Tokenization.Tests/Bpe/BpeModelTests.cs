namespace Inference.Tokenization.Tests.Bpe;

public sealed class BpeModelTests
{
    private static readonly string[] Letters = ["<unk>", "a", "b", "ab", "c"];

    [Theory]
    [InlineData("", "a", "1")]
    [InlineData("", "abxc", "3 4")]
    [InlineData("\"unk_token\":\"<unk>\",", "axyb", "1 0 0 2")]
    [InlineData("\"unk_token\":\"<unk>\",\"fuse_unk\":true,", "axyb", "1 0 2")]
    [InlineData("\"unk_token\":\"<unk>\",\"fuse_unk\":true,", "xaxy", "0 1 0")]
    [InlineData("\"unk_token\":\"<unk>\",", "😀", "0")]
    public void Encode_OfUnknownCharacters_GivesUnkOrNothing(string settings, string text, string expected)
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(Letters, """["a b"]""", settings));
        Assert.Equal(expected, string.Join(' ', tokenizer.Encode(text)));
    }

    [Fact]
    public void Encode_WithByteFallback_GivesTheBytes()
    {
        string[] vocabulary = ["<unk>", "a", "<0xC3>", "<0xA9>", "<0x21>"];
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(
            vocabulary, model: "\"unk_token\":\"<unk>\",\"byte_fallback\":true,\"fuse_unk\":true,"));
        Assert.Equal([1, 2, 3, 4], tokenizer.Encode("aé!"));
        // A byte without a token: the whole character is unknown. Bytes that follow overtake the open unknown token, as in the reference.
        Assert.Equal([1, 2, 3, 0, 1], tokenizer.Encode("aèéa"));
    }

    [Fact]
    public void Encode_WithAffixes_LooksUpPrefixedAndSuffixedCharacters()
    {
        string[] vocabulary = ["a", "##b", "##c</w>", "a</w>", "a##b", "ab", "abc</w>"];
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(
            vocabulary, """[["a","##b"],["ab","##c</w>"]]""", "\"continuing_subword_prefix\":\"##\",\"end_of_word_suffix\":\"</w>\","));
        Assert.Equal([6], tokenizer.Encode("abc"));
        Assert.Equal([3], tokenizer.Encode("a"));
    }

    [Fact]
    public void Encode_WithIgnoreMerges_TakesAWholeWordFromTheVocabulary()
    {
        string[] vocabulary = ["a", "b", "aba", "ab"];
        Assert.Equal([3, 0], TinyTokenizer.Load(TinyTokenizer.Json(vocabulary, """["a b"]""")).Encode("aba"));
        Assert.Equal([2], TinyTokenizer.Load(TinyTokenizer.Json(vocabulary, """["a b"]""", "\"ignore_merges\":true,")).Encode("aba"));
    }

    [Theory]
    [InlineData("""["a b","ab c"]""")]
    [InlineData("""[["a","b"],["ab","c"]]""")]
    [InlineData("""["#version: 0.2","a b","ab c"]""")]
    public void Load_OfEitherSpellingOfMerges_IsTheSame(string merges)
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(["a", "b", "c", "ab", "abc"], merges));
        Assert.Equal([4, 3], tokenizer.Encode("abcab"));
    }
}
