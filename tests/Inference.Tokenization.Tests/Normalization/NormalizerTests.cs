namespace Inference.Tokenization.Tests.Normalization;

/// <summary>
/// Normalizers through whole tokenizers: a byte-level model spells every text, so decoding its ids shows what was encoded.
/// </summary>
public sealed class NormalizerTests
{
    [Theory]
    [InlineData("""{"type":"NFC"}""", "e\u0301 가", "é 가")]
    [InlineData("""{"type":"NFC"}""", "\u1112\u1161\u11AB\u0958\u2126", "한\u0915\u093CΩ")]
    [InlineData("""{"type":"NFC"}""", "a\u0316\u0301 a\u0301\u0316 a\u0300\u0301", "\u00E1\u0316 \u00E1\u0316 \u00E0\u0301")]
    [InlineData("""{"type":"NFC"}""", "o\u0316\u0323", "o\u0316\u0323")]
    [InlineData("""{"type":"NFD"}""", "é한\u1E69", "e\u0301\u1112\u1161\u11ABs\u0323\u0307")]
    [InlineData("""{"type":"NFKC"}""", "ﬁ２½ \u1E9B\u0323 ㈱", "fi21⁄2 \u1E69 (株)")]
    [InlineData("""{"type":"NFKC"}""", "\u0385", " \u0308\u0301")]
    [InlineData("""{"type":"NFKD"}""", "ﬁ\u1E9B\u0323", "fis\u0323\u0307")]
    [InlineData("""{"type":"NFD"}""", "\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("""{"type":"Lowercase"}""", "ÀÉΣ İ𐐀ẞ", "àéσ i\u0307𐐨ß")]
    [InlineData("""{"type":"Strip","strip_left":true,"strip_right":false}""", " \t a ", "a ")]
    [InlineData("""{"type":"Strip","strip_left":true,"strip_right":true}""", "\u3000 a \u0085", "a")]
    [InlineData("""{"type":"StripAccents"}""", "e\u0301\u20DDé", "eé")]
    [InlineData("""{"type":"Prepend","prepend":"▁"}""", "a", "▁a")]
    [InlineData("""{"type":"Replace","pattern":{"String":" "},"content":"▁"}""", "a  b", "a▁▁b")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"_"}""", "a  b c   d", "a_b c_d")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"x*"},"content":"-"}""", "axb", "-a-b-")]
    [InlineData("""{"type":"Nmt"}""", "a\u0001\tb\u200Bc\u0000", "a b c\u0000")]
    [InlineData("""{"type":"Sequence","normalizers":[]}""", "A b", "A b")]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"Prepend","prepend":"X"}]}""", "A", "Xa")]
    [InlineData(
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""",
        "É\u0000\t世界\uFFFD\u200D", "e  世  界 ")]
    [InlineData(
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""",
        "a\u000Bb\fc\u0085d\re\u00A0f\u2028g", "abcd e f g")]
    [InlineData(
        """{"type":"BertNormalizer","clean_text":false,"handle_chinese_chars":false,"strip_accents":false,"lowercase":true}""",
        "É\t世", "é\t世")]
    public void Normalize_OfAText_IsAsTheReferenceDoes(string normalizer, string text, string expected)
    {
        Tokenizer tokenizer = ByteLevel.Tokenizer(normalizer: normalizer);
        Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void Normalize_OfManyMarks_OrdersThemInLittleTime()
    {
        Tokenizer tokenizer = ByteLevel.Tokenizer(normalizer: """{"type":"NFC"}""");
        string above = new('\u0301', 100_000);
        string below = new('\u0316', 100_000);
        Assert.Equal("x" + below + above, tokenizer.Decode(tokenizer.Encode("x" + above + below)));
    }

    [Fact]
    public void ByteLevelNormalizer_BeforeASplit_SpellsBytes()
    {
        Tokenizer tokenizer = ByteLevel.Tokenizer(normalizer: """{"type":"ByteLevel"}""", preTokenizer: "null");
        Assert.Equal("é x", tokenizer.Decode(tokenizer.Encode("é x")));
        Assert.Equal("Ã©Ġx", string.Concat(tokenizer.Encode("é x").Select(tokenizer.IdToToken)));
    }
}
