namespace Inference.Tokenization.Tests.SentencePiece;

public sealed class SentencePieceFileTests
{
    private static readonly (string, float, int)[] Small =
    [
        ("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("▁", -3, 1), ("a", -1, 1), ("b", -2, 1), ("▁a", -1.5f, 1), ("ab", -0.5f, 1),
        ("<x>", 0, 4),
    ];

    [Fact]
    public void Load_OfLlama2_GivesTheReferencesIds()
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Load(folder, SentencePieceModels.Write(SentencePieceModels.Llama2Pieces(), SentencePieceModels.Bpe));
        Assert.Equal([], GoldenFile.Differences(tokenizer, PublishedTokenizers.GoldenOf("llama2")));
    }

    [Theory]
    [InlineData(SentencePieceModels.Bpe, "ab", "3 7")]
    [InlineData(SentencePieceModels.Bpe, "aab", "6 7")]
    [InlineData(SentencePieceModels.Bpe, "a<x>b</s>", "6 8 3 5 2")]
    [InlineData(SentencePieceModels.Bpe, "ac", "6 0")]
    [InlineData(SentencePieceModels.Unigram, "ab", "3 7")]
    [InlineData(SentencePieceModels.Unigram, "a a", "6 6")]
    [InlineData(SentencePieceModels.Unigram, "a<x>b", "6 8 3 5")]
    [InlineData(SentencePieceModels.Unigram, "acc", "6 0")]
    public void Encode_OfAText_FollowsTheModelType(int modelType, string text, string expected)
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Load(folder, SentencePieceModels.Write(Small, modelType));
        Assert.Equal(expected, string.Join(' ', tokenizer.Encode(text)));
    }

    [Theory]
    [InlineData(true, true, "6 6")]
    [InlineData(true, false, "3 3 6 3 6 3")]
    [InlineData(false, false, "3 6 3 6 3")]
    public void Encode_OfSpaces_FollowsTheNormalizer(bool dummyPrefix, bool removesSpaces, string expected)
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Load(folder, SentencePieceModels.Write(Small, SentencePieceModels.Bpe, dummyPrefix, removesSpaces));
        Assert.Equal(expected, string.Join(' ', tokenizer.Encode("  a  a ")));
    }

    [Fact]
    public void Load_WithATokenizerConfig_TakesWhatItAdds()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer_config.json", """
            {"add_bos_token":false,"add_eos_token":true,"eos_token":"</s>",
             "added_tokens_decoder":{"10":{"content":"<z>","normalized":false},"9":{"content":"<y>","normalized":false,"special":true}}}
            """);
        Tokenizer tokenizer = Load(folder, SentencePieceModels.Write(Small, SentencePieceModels.Bpe));
        Assert.Equal([9, 6, 10, 2], tokenizer.Encode("<y>a<z>", addSpecialTokens: true));
        Assert.Equal([2], TokenizerFolder.Load(folder.Path).EosTokenIds);
    }

    [Fact]
    public void Load_WithAnAddedTokenOfAnotherId_SaysSo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer_config.json", """{"added_tokens_decoder":{"20":{"content":"<y>"}}}""");
        var e = Assert.Throws<TokenizerFormatException>(() => Load(folder, SentencePieceModels.Write(Small, SentencePieceModels.Bpe)));
        Assert.Contains("'<y>' the id 20, but it is 9", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it has no pieces")]
    [InlineData("0A", "it ends in the middle of a field")]
    [InlineData("0AFFFFFFFF0F", "a field is longer than the file")]
    [InlineData("0AFFFFFFFFFFFFFFFFFFFF01", "a number has too many bytes")]
    [InlineData("0B", "a field has wire type 3")]
    [InlineData("1B", "a field has wire type 3")]
    [InlineData("2B", "wire type 3 is not known")]
    [InlineData("00", "a field has no valid number")]
    [InlineData("0A030A01FF", "a string is not valid UTF-8")]
    [InlineData("0A05150000C07F", "the score of piece 0 is not a number")]
    [InlineData("0A021809", "piece 0 has the unknown type 9")]
    [InlineData("0A00120218031200", "model type 3 is not supported")]
    [InlineData("0A001A061204FFFFFFFF", "precompiled_charsmap does not fit its size")]
    public void Load_OfAMalformedFile_SaysWhatIsWrong(string bytes, string message)
    {
        using var folder = new TemporaryFolder();
        var e = Assert.Throws<TokenizerFormatException>(() => Load(folder, Convert.FromHexString(bytes)));
        Assert.Contains("tokenizer.model: not a sentencepiece model: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static Tokenizer Load(TemporaryFolder folder, byte[] model)
    {
        File.WriteAllBytes(Path.Combine(folder.Path, "tokenizer.model"), model);
        return TokenizerFolder.Load(folder.Path).Tokenizer;
    }
}
