using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Inference.Protocol.OpenAi;

namespace Inference.Protocol.Tests.OpenAi;

public sealed class RequestFormatErrorTests
{
    [Theory]
    [InlineData("""{"max_tokens": "ten"}""", "max_tokens", "'max_tokens' must be an integer of 32 bits.")]
    [InlineData("""{"max_tokens": 1.5}""", "max_tokens", "'max_tokens' must be an integer of 32 bits.")]
    [InlineData("""{"max_tokens": 99999999999}""", "max_tokens", "'max_tokens' must be an integer of 32 bits.")]
    [InlineData("""{"seed": 1e40}""", "seed", "'seed' must be an integer of 64 bits.")]
    [InlineData("""{"temperature": "hot"}""", "temperature", "'temperature' must be a number.")]
    [InlineData("""{"stream": 1}""", "stream", "'stream' must be a boolean.")]
    [InlineData("""{"model": 3}""", "model", "'model' must be a string.")]
    [InlineData("""{"stream_options": []}""", "stream_options", "'stream_options' must be an object.")]
    [InlineData("""{"stream_options": {"include_usage": "yes"}}""", "stream_options.include_usage", "'stream_options.include_usage' must be a boolean.")]
    [InlineData("""{"stop_token_ids": 5}""", "stop_token_ids", "'stop_token_ids' must be an array.")]
    [InlineData("""{"stop_token_ids": [1, "2"]}""", "stop_token_ids[1]", "'stop_token_ids[1]' must be an integer of 32 bits.")]
    [InlineData("""{"logit_bias": [1]}""", "logit_bias", "'logit_bias' must be an object of token ids and numbers, or an array of [token id, number].")]
    [InlineData("""{"logit_bias": {"5": "much"}}""", "logit_bias", "'logit_bias' must be an object of token ids and numbers, or an array of [token id, number].")]
    [InlineData("""{"stop": 5}""", "stop", "'stop' must be a string or an array of strings.")]
    [InlineData("""{"stop": ["a", null]}""", "stop", "'stop' must be a string or an array of strings.")]
    [InlineData("""{"prompt": 5}""", "prompt", "'prompt' must be a string, an array of strings, an array of token ids or an array of arrays of token ids.")]
    [InlineData("""{"prompt": ["a", {}]}""", "prompt", "'prompt' must be a string, an array of strings, an array of token ids or an array of arrays of token ids.")]
    [InlineData("""{"prompt": [5, null]}""", "prompt", "'prompt' must be a string, an array of strings, an array of token ids or an array of arrays of token ids.")]
    [InlineData("""{"prompt": [[1.5]]}""", "prompt", "'prompt' must be a string, an array of strings, an array of token ids or an array of arrays of token ids.")]
    [InlineData("[]", null, "The request body must be a JSON object.")]
    [InlineData("\"text\"", null, "The request body must be a JSON object.")]
    [InlineData("5", null, "The request body must be a JSON object.")]
    public void Explain_WrongType_NamesTheField(string body, string? param, string message)
    {
        var error = Explain(body);

        Assert.Equal(message, error.Message);
        Assert.Equal(param, error.Param);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"prompt\": \"a\"")]
    [InlineData("{\"prompt\": \"a\"} trailing")]
    [InlineData("{'prompt': 1}")]
    [InlineData("{\"temperature\": NaN}")]
    public void Explain_BrokenJson_SaysSoWithoutParam(string body)
    {
        var error = Explain(body);

        Assert.Null(error.Param);
        Assert.StartsWith("The request body is not valid JSON", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"prompt\": \"\\ud800\"}", "prompt")]
    [InlineData("{\"model\": \"\\ud800\"}", "model")]
    [InlineData("{\"stop\": [\"\\udc00\"]}", "stop")]
    [InlineData("{\"structured_outputs\": {\"\\ud800\": 1}}", "structured_outputs")]
    [InlineData("{\"response_format\": {\"a\": [1, \"\\ud83d\\u0041\"]}}", "response_format")]
    public void Explain_HalfASurrogatePair_IsNoText(string body, string param)
    {
        var error = Explain(body);

        Assert.Equal((param, $"'{param}' must be valid Unicode text."), (error.Param, error.Message));
    }

    [Fact]
    public void Explain_DeepNesting_IsBounded()
    {
        var depth = 100_000;
        var error = Explain("{\"x\":" + new string('[', depth) + new string(']', depth) + "}");

        Assert.Contains("depth", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 300);
    }

    [Fact]
    public void Explain_LongKey_IsCut()
    {
        var error = Explain("{\"logit_bias\": {\"" + new string('k', 100_000) + "\": []}}");

        Assert.True(error.Message.Length < 300);
    }

    private static RequestFormatError Explain(string body)
    {
        JsonTypeInfo<CompletionRequest> type = OpenAiJsonContext.Default.CompletionRequest;
        var exception = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(body, type));
        return RequestFormatError.Explain(exception, type);
    }
}
