using System.Text.Json;
using Inference.Server.Errors;
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
        var normalized = ChatMessages.Normalize(JsonElement.Parse(messages));

        Assert.Equal(content, normalized[0].GetProperty("content").GetString());
    }

    [Fact]
    public void Normalize_OtherFields_AreKept()
    {
        var normalized = ChatMessages.Normalize(JsonElement.Parse("""[{"role": "assistant", "tool_calls": [{"id": "1"}], "content": null}]"""));

        Assert.Equal("1", normalized[0].GetProperty("tool_calls")[0].GetProperty("id").GetString());
        Assert.Equal("assistant", normalized[0].GetProperty("role").GetString());
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
    [InlineData("""[{"role": "user", "content": 123}]""", "messages[0].content")]
    [InlineData("""[{"role": "user", "content": ["a"]}]""", "messages[0].content[0]")]
    [InlineData("""[{"role": "user", "content": [{"type": "text"}]}]""", "messages[0].content[0].text")]
    [InlineData("""[{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {}}]}]""", "messages[0].content[1].type")]
    public void Normalize_WrongMessages_NamesTheField(string messages, string param)
    {
        var exception = Assert.Throws<ApiException>(() => ChatMessages.Normalize(JsonElement.Parse(messages)));

        Assert.Equal((400, param), (exception.Status, exception.Error.Param));
        Assert.Contains(param, exception.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Normalize_NotSent_IsMissing() => Assert.Equal("'messages' is missing.", Assert.Throws<ApiException>(() => ChatMessages.Normalize(null)).Message);
}
