using System.Text.Json;

namespace Inference.Tokenization.Tests;

/// <summary>Ids and texts as Hugging Face's tokenizers 0.23 gives them.</summary>
public sealed class GoldenTests
{
    [Fact]
    public void Zoo_AllCases_EqualTheReference()
    {
        string file = RepositoryFiles.Path("tests", "data", "zoo", "tokenizer", "tokenizer_golden.json");
        using var golden = JsonDocument.Parse(File.ReadAllText(file));
        foreach (JsonElement item in golden.RootElement.GetProperty("encode").EnumerateArray())
        {
            int[] ids = GoldenFile.Ids(item.GetProperty("ids"));
            Assert.Equal(ids, Tokenizers.Zoo.Encode(item.GetProperty("text").GetString()!));
            Assert.Equal(item.GetProperty("decoded").GetString(), Tokenizers.Zoo.Decode(ids, skipSpecialTokens: false));
            Assert.Equal(item.GetProperty("decoded_skip_special").GetString(), Tokenizers.Zoo.Decode(ids, skipSpecialTokens: true));
        }
        foreach (JsonElement chat in golden.RootElement.GetProperty("chat").EnumerateArray())
            Assert.Equal(GoldenFile.Ids(chat.GetProperty("ids")), Tokenizers.Zoo.Encode(chat.GetProperty("text").GetString()!));
    }
}
