namespace Inference.Tokenization.Tests.PostProcessing;

public sealed class PostProcessorTests
{
    private const string Template = """
        {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
         {"SpecialToken":{"id":"</s>","type_id":0}}],"pair":[],
         "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}}
        """;

    [Theory]
    [InlineData("null", "0")]
    [InlineData(Template, "1 0 2")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}""", "0")]
    [InlineData("""{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",1],"trim_offsets":true,"add_prefix_space":true}""", "1 0 2")]
    [InlineData("""{"type":"BertProcessing","sep":["</s>",2],"cls":["<s>",1]}""", "1 0 2")]
    [InlineData("""{"type":"Sequence","processors":[{"type":"BertProcessing","sep":["</s>",2],"cls":["<s>",1]},"""
        + """{"type":"BertProcessing","sep":["x",3],"cls":["x",3]}]}""", "3 1 0 2 3")]
    public void Encode_WithSpecialTokens_PutsThemAround(string postProcessor, string expected)
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json(["a", "<s>", "</s>", "x"], postProcessor: postProcessor));
        Assert.Equal(expected, string.Join(' ', tokenizer.Encode("a", addSpecialTokens: true)));
        Assert.Equal("0", string.Join(' ', tokenizer.Encode("a")));
    }
}
