using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Tokenization.ChatTemplates;
using Inference.Tokenization.Tests.ChatTemplates;

namespace Inference.Tokenization.Tests;

/// <summary>Published tokenizers against Hugging Face's tokenizers 0.23 and transformers' chat templates.</summary>
public sealed class PublishedTokenizerTests
{
    public static TheoryData<string> Names => PublishedTokenizers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void EncodeAndDecode_AllCases_EqualTheReference(string name) =>
        Assert.Equal([], GoldenFile.Differences(PublishedTokenizers.Load(name).Tokenizer, PublishedTokenizers.GoldenOf(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void VocabularySize_EachTokenizer_ReachesItsHighestId(string name)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(PublishedTokenizers.GoldenOf(name)));
        int count = golden.RootElement.GetProperty("vocab_size").GetInt32();
        Tokenizer tokenizer = PublishedTokenizers.Load(name).Tokenizer;
        Assert.Equal(count, Enumerable.Range(0, tokenizer.VocabularySize).Count(id => tokenizer.IdToToken(id) is not null));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Detokenizer_AllCases_EqualsDecode(string name)
    {
        Tokenizer tokenizer = PublishedTokenizers.Load(name).Tokenizer;
        using var golden = JsonDocument.Parse(File.ReadAllText(PublishedTokenizers.GoldenOf(name)));
        foreach (JsonElement item in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            int[] ids = GoldenFile.Ids(item.GetProperty("ids"));
            var stream = new IncrementalDetokenizer(tokenizer, skipSpecialTokens: false);
            string text = string.Concat(ids.Select(stream.Append)) + stream.Flush();
            Assert.Equal(tokenizer.Decode(ids, skipSpecialTokens: false), text);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Render_AllChats_AsTransformers(string name)
    {
        TokenizerFolder folder = PublishedTokenizers.Load(name);
        JsonArray chats = JsonNode.Parse(File.ReadAllText(PublishedTokenizers.GoldenOf(name)))!["chats"]!.AsArray();
        if (chats.Count == 0)
            return;
        var template = ChatTemplate.Parse(folder.ChatTemplateSource!);
        foreach (JsonNode? chat in chats)
        {
            JsonObject variables = chat!.DeepClone().AsObject();
            variables["bos_token"] = folder.BosToken;
            variables["eos_token"] = folder.EosToken;
            ChatTemplateInput input = TemplateCases.Input(JsonSerializer.SerializeToElement(variables));
            Assert.Equal(chat["rendered"]!.GetValue<string>(), template.Render(input));
        }
    }
}
