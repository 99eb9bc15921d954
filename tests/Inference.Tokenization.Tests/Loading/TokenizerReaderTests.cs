namespace Inference.Tokenization.Tests.Loading;

public sealed class TokenizerReaderTests
{
    private static readonly string[] Letters = ["a", "b", "ab"];

    public static TheoryData<string, string> Malformed { get; } = new()
    {
        { "", "not valid JSON" },
        { "[]", "the file: must be an object" },
        { "null", "the file: must be an object" },
        { "{}", "the file: 'model' is missing" },
        { """{"version":"2.0","model":{}}""", "version: '2.0' is not supported" },
        { """{"model":null}""", "model: must be an object" },
        { """{"model":{"type":"WordLevel","vocab":{}}}""", "model.type: model type 'WordLevel' is not supported" },
        { """{"model":{"type":"BPE","merges":[]}}""", "model: 'vocab' is missing" },
        { """{"model":{"type":"BPE","vocab":{}}}""", "model: 'merges' is missing" },
        { Vocab("""{"a":-1}"""), "model.vocab: the id of token 'a' must be a whole number" },
        { Vocab("""{"a":2147483647}"""), "model.vocab: the id of token 'a' must be a whole number from 0 to 4194303" },
        { Vocab("""{"a":99999999999999999999}"""), "model.vocab: the id of token 'a'" },
        { Vocab("""{"a":1.5}"""), "model.vocab: the id of token 'a'" },
        { Vocab("""{"a":"1"}"""), "model.vocab: the id of token 'a'" },
        { Vocab("""{"a":1,"b":1}"""), "model.vocab: id 1 of token 'b' belongs to another token" },
        { Vocab("""{"\uD800":1}"""), "surrogate" },
        { Vocab("[]"), "model.vocab: must be an object" },
        { TinyTokenizer.Json(Letters, """["a c"]"""), "model.merges[0]: token 'c' is not in the vocabulary" },
        { TinyTokenizer.Json(Letters, """["a b","b a"]"""), "model.merges[1]: token 'ba' is not in the vocabulary" },
        { TinyTokenizer.Json(Letters, """["ab"]"""), "model.merges[0]: must be two tokens" },
        { TinyTokenizer.Json(Letters, """["a b "]"""), "model.merges[0]: must be two tokens" },
        { TinyTokenizer.Json(Letters, """[["a"]]"""), "model.merges[0]: must be a pair" },
        { TinyTokenizer.Json(Letters, """[["a",1]]"""), "model.merges[0][1]: must be a string" },
        { TinyTokenizer.Json(Letters, "[7]"), "model.merges[0]: must be a string" },
        { TinyTokenizer.Json(Letters, "{}"), "model.merges: must be a list" },
        { TinyTokenizer.Json(Letters, """["a b"]""", "\"continuing_subword_prefix\":\"##\","), "shorter than continuing_subword_prefix" },
        { TinyTokenizer.Json(Letters, model: "\"unk_token\":\"<unk>\","), "model.unk_token: '<unk>' is not in the vocabulary" },
        { TinyTokenizer.Json(Letters, model: "\"fuse_unk\":1,"), "model.fuse_unk: must be true or false" },
        { TinyTokenizer.Json(Letters, added: """[{"id":-3,"content":"x"}]"""), "added_tokens[0].id: must be a whole number" },
        { TinyTokenizer.Json(Letters, added: """[{"id":2000000000,"content":"x"}]"""), "added_tokens[0].id" },
        { TinyTokenizer.Json(Letters, added: """[{"id":3}]"""), "added_tokens[0]: 'content' is missing" },
        { TinyTokenizer.Json(Letters, added: """[{"id":3,"content":"\uDC00"}]"""), "added_tokens[0].content: holds a surrogate" },
        { TinyTokenizer.Json(Letters, normalizer: """{"type":"Precompiled"}"""), "normalizer: 'precompiled_charsmap' is missing" },
        { TinyTokenizer.Json(Letters, normalizer: """{"type":"Sequence","normalizers":[{"type":"NFC"},{}]}"""),
            "normalizer.normalizers[1]: 'type' is missing" },
        { TinyTokenizer.Json(Letters, preTokenizer: """{"type":"Magic"}"""), "pre_tokenizer.type: pre-tokenizer type 'Magic'" },
        { TinyTokenizer.Json(Letters, preTokenizer: """{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated","invert":false}"""),
            "pre_tokenizer.pattern.Regex: a group is not closed" },
        { TinyTokenizer.Json(Letters, preTokenizer: """{"type":"Split","pattern":{"Regex":"a"},"behavior":"Odd","invert":false}"""),
            "pre_tokenizer.behavior: 'Odd'" },
        { TinyTokenizer.Json(Letters, preTokenizer: """{"type":"Metaspace","replacement":"ab"}"""),
            "pre_tokenizer.replacement: must be one" },
        { TinyTokenizer.Json(Letters, preTokenizer: """{"type":"FixedLength","length":0}"""),
            "pre_tokenizer.length: must be a whole number" },
        { TinyTokenizer.Json(Letters, decoder: """{"type":"CTC"}"""), "decoder.type: decoder type 'CTC' is not supported" },
        { TinyTokenizer.Json(Letters, decoder: """{"type":"Strip","content":" ","start":-1,"stop":0}"""),
            "decoder.start: must be a whole" },
        { TinyTokenizer.Json(Letters, postProcessor: """{"type":"BertProcessing","sep":["x",9],"cls":["x",0]}"""),
            "post_processor.sep[1]: must be a whole number from 0 to 2" },
        { TinyTokenizer.Json(Letters, postProcessor:
            """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x","type_id":0}}],"special_tokens":{}}"""),
            "'x' is not among special_tokens" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Load_OfAMalformedFile_NamesFileAndField(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("tokenizer.json", json);
        string message = Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Load_OfAMissingFile_NamesIt()
    {
        Assert.Contains("/nowhere/tokenizer.json", Assert.Throws<TokenizerFormatException>(
            () => Tokenizer.Load("/nowhere/tokenizer.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAFileCutOffAnywhere_IsRefused()
    {
        string json = TinyTokenizer.Json(Letters, """["a b"]""", preTokenizer: ByteLevel.PreTokenizer, decoder: ByteLevel.Decoder);
        string whole = json.TrimEnd();
        using var folder = new TemporaryFolder();
        for (int length = 0; length < whole.Length; length++)
        {
            string path = folder.Write("tokenizer.json", whole[..length]);
            Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(path));
        }
    }

    [Fact]
    public void Load_OfDeeplyNestedParts_IsRefused()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"type":"Sequence","normalizers":[""", 5_000));
        using var folder = new TemporaryFolder();
        string normalizer = deep + string.Concat(Enumerable.Repeat("]}", 5_000));
        string path = folder.Write("tokenizer.json", TinyTokenizer.Json(Letters, normalizer: normalizer));
        Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(path));
    }

    private static string Vocab(string vocabulary) => $$$"""{"model":{"type":"BPE","vocab":{{{vocabulary}}},"merges":[]}}""";
}
