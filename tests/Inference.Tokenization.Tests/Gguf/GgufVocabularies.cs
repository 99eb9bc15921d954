using System.Text.Json;

namespace Inference.Tokenization.Tests.Gguf;

/// <summary>Makes of a tokenizer.json what llama.cpp's converter writes into a GGUF file.</summary>
internal static class GgufVocabularies
{
    public static Dictionary<string, object> OfByteLevel(string name, string pre)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(PublishedTokenizers.FolderOf(name), "tokenizer.json")));
        JsonElement model = json.RootElement.GetProperty("model");
        Dictionary<int, (string Text, int Type)> tokens = model.GetProperty("vocab").EnumerateObject()
            .ToDictionary(token => token.Value.GetInt32(), token => (token.Name, 1));
        foreach (JsonElement added in json.RootElement.GetProperty("added_tokens").EnumerateArray())
        {
            int type = added.GetProperty("special").GetBoolean() ? 3 : 4;
            tokens[added.GetProperty("id").GetInt32()] = (added.GetProperty("content").GetString()!, type);
        }
        (string Text, int Type)[] all = [.. Enumerable.Range(0, tokens.Keys.Max() + 1)
            .Select(id => tokens.TryGetValue(id, out (string Text, int Type) token) ? token : ($"[PAD{id}]", 5))];
        TokenizerFolder folder = PublishedTokenizers.Load(name);
        Dictionary<string, object> metadata = new()
        {
            ["tokenizer.ggml.model"] = "gpt2",
            ["tokenizer.ggml.pre"] = pre,
            ["tokenizer.ggml.tokens"] = all.Select(token => token.Text).ToArray(),
            ["tokenizer.ggml.token_type"] = all.Select(token => token.Type).ToArray(),
            ["tokenizer.ggml.merges"] = model.GetProperty("merges").EnumerateArray().Select(Merge).ToArray(),
            ["tokenizer.ggml.add_bos_token"] = folder.Tokenizer.SpecialTokensBefore.Count > 0,
        };
        if (folder.BosToken is { } bos)
            metadata["tokenizer.ggml.bos_token_id"] = (uint)folder.Tokenizer.TokenToId(bos)!.Value;
        return metadata;
    }

    private static string Merge(JsonElement merge) =>
        merge.ValueKind == JsonValueKind.String ? merge.GetString()! : $"{merge[0].GetString()} {merge[1].GetString()}";
}
