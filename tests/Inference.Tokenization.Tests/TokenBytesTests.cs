using System.Text;

namespace Inference.Tokenization.Tests;

public sealed class TokenBytesTests
{
    [Fact]
    public void BytesOf_ByteLevelTokens_SpellTheText()
    {
        var tokenizer = Tokenizers.SmolLm2;
        const string text = "Hello, {\"wörld\": \"漢字 😀\"}\n\tend";

        var bytes = tokenizer.Encode(text).SelectMany(tokenizer.BytesOf).ToArray();

        Assert.Equal(text, Encoding.UTF8.GetString(bytes));
        Assert.Empty(tokenizer.BytesOf(tokenizer.TokenToId("<|im_end|>")!.Value));
        Assert.Empty(tokenizer.BytesOf(1_000_000));
    }

    [Fact]
    public void BytesOf_ByteFallbackTokens_AreBytesAndSpacesStay()
    {
        const string decoder = """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""";
        var tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(["<0xE6>", "▁a", "b", "<0x4"], added: $"[{TinyTokenizer.Added(4, "<tool>")}]", decoder: decoder));

        Assert.Equal([0xE6], tokenizer.BytesOf(0));
        Assert.Equal(" a"u8.ToArray(), tokenizer.BytesOf(1));
        Assert.Equal("b"u8.ToArray(), tokenizer.BytesOf(2));
        Assert.Equal("<0x4"u8.ToArray(), tokenizer.BytesOf(3));
        Assert.Equal("<tool>"u8.ToArray(), tokenizer.BytesOf(4));
    }
}
