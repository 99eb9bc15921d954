using System.Text.Json;

namespace Inference.Tokenization.Tests;

/// <summary>Builds tokenizers of a few tokens. Each part is JSON; what is not given is absent.</summary>
internal static class TinyTokenizer
{
    /// <summary>A byte-pair model whose tokens have the ids of their order.</summary>
    public static string Json(
        string[] vocabulary, string merges = "[]", string model = "", string added = "[]", string normalizer = "null",
        string preTokenizer = "null", string postProcessor = "null", string decoder = "null")
    {
        string vocab = string.Join(",", vocabulary.Select((token, id) => $"{JsonSerializer.Serialize(token)}:{id}"));
        return $$$"""
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":{{{added}}},"normalizer":{{{normalizer}}},
             "pre_tokenizer":{{{preTokenizer}}},"post_processor":{{{postProcessor}}},"decoder":{{{decoder}}},
             "model":{"type":"BPE",{{{model}}}"vocab":{{{{vocab}}}},"merges":{{{merges}}}}}
            """;
    }

    public static Tokenizer Load(string json)
    {
        using var folder = new TemporaryFolder();
        return Tokenizer.Load(folder.Write("tokenizer.json", json));
    }

    /// <summary>An added token, as JSON.</summary>
    public static string Added(int id, string content, string settings = "\"normalized\":false,\"special\":false") =>
        $$"""{"id":{{id}},"content":{{JsonSerializer.Serialize(content)}},{{settings}}}""";
}
