using System.Text.Json;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Server.Validation;

namespace Inference.Server.Tests.Validation;

public sealed class ChatMessagesTests
{
    [Theory]
    [InlineData("""[{"role": "user", "content": "a"}]""", "a")]
    [InlineData("""[{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]""", "a\nb")]
    [InlineData("""[{"role": "user", "content": []}]""", "")]
    [InlineData("""[{"role": "assistant", "content": null}]""", "")]
    [InlineData("""[{"role": "assistant"}]""", "")]
    public void Normalize_Contents_BecomeStrings(string messages, string content)
    {
        var normalized = ChatMessages.Normalize(JsonElement.Parse(messages), ChatTraits.None);

        Assert.Equal(content, normalized[0].GetProperty("content").GetString());
    }

    [Fact]
    public void Normalize_OtherFields_AreKept()
    {
        var normalized = Normalize("""[{"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "x": 1}}], "content": null, "name": "me"}]""");

        Assert.Equal("1", normalized[0].GetProperty("tool_calls")[0].GetProperty("id").GetString());
        Assert.Equal(1, normalized[0].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("x").GetInt32());
        Assert.Equal(("assistant", "me"), (normalized[0].GetProperty("role").GetString(), normalized[0].GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData(true, "{\\\"x\\\": 1}", """{"x":1}""")]
    [InlineData(true, "", "{}")]
    [InlineData(true, "{x", "\"{x\"")]
    [InlineData(false, "{\\\"x\\\": 1}", """
        "{\"x\": 1}"
        """)]
    public void Normalize_Arguments_AreWhatTheTemplateTakes(bool takesObjects, string arguments, string expected)
    {
        var traits = ChatTraits.None with { TakesArgumentObjects = takesObjects };
        var messages = """[{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "ARGS"}}]}]""".Replace("ARGS", arguments, StringComparison.Ordinal);

        var normalized = ChatMessages.Normalize(JsonElement.Parse(messages), traits);

        Assert.Equal(expected, normalized[0].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetRawText());
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "")]
    public void Normalize_NullContentWithToolCalls_IsWhatTheTemplateTakes(bool takesNull, string? expected)
    {
        var traits = ChatTraits.None with { TakesNullContent = takesNull };

        var normalized = ChatMessages.Normalize(JsonElement.Parse("""[{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}, {"role": "assistant", "content": null}]"""), traits);

        Assert.Equal(expected, normalized[0].GetProperty("content").GetString());
        Assert.Equal("", normalized[1].GetProperty("content").GetString());
    }

    [Fact]
    public void Normalize_DeveloperAndReasoning_HaveTheNamesThatTemplatesKnow()
    {
        const string messages = """[{"role": "developer", "content": "a"}, {"role": "assistant", "content": "b", "reasoning": "c"}]""";

        var normalized = Normalize(messages);

        Assert.Equal("system", normalized[0].GetProperty("role").GetString());
        Assert.Equal("c", normalized[1].GetProperty("reasoning_content").GetString());
        var known = ChatMessages.Normalize(JsonElement.Parse(messages), ChatTraits.None with { KnowsDeveloper = true });
        Assert.Equal("developer", known[0].GetProperty("role").GetString());
    }

    [Theory]
    [InlineData("null", "messages")]
    [InlineData("\"hi\"", "messages")]
    [InlineData("{}", "messages")]
    [InlineData("[]", "messages")]
    [InlineData("[123]", "messages[0]")]
    [InlineData("[{}]", "messages[0].role")]
    [InlineData("""[{"role": "user", "content": "a"}, {"role": 5}]""", "messages[1].role")]
    [InlineData("""[{"role": "user"}]""", "messages[0].content")]
    [InlineData("""[{"role": "assistant", "tool_calls": 5}]""", "messages[0].tool_calls")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{}]}]""", "messages[0].tool_calls[0].function")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"function": {"name": 5}}]}]""", "messages[0].tool_calls[0].function")]
    [InlineData("""[{"role": "user", "content": 123}]""", "messages[0].content")]
    [InlineData("""[{"role": "user", "content": ["a"]}]""", "messages[0].content[0]")]
    [InlineData("""[{"role": "user", "content": [{"type": "text"}]}]""", "messages[0].content[0].text")]
    [InlineData("""[{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {}}]}]""", "messages[0].content[1].type")]
    public void Normalize_WrongMessages_NamesTheField(string messages, string param)
    {
        var exception = Assert.Throws<ApiException>(() => ChatMessages.Normalize(JsonElement.Parse(messages), ChatTraits.None));

        Assert.Equal((400, param), (exception.Status, exception.Error.Param));
        Assert.Contains(param, exception.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Normalize_NotSent_IsMissing() => Assert.Equal("'messages' is missing.", Assert.Throws<ApiException>(() => ChatMessages.Normalize(null, ChatTraits.None)).Message);

    private static JsonElement Normalize(string messages) => ChatMessages.Normalize(JsonElement.Parse(messages), ChatTraits.None);
}
