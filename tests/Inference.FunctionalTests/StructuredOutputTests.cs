using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Inference.FunctionalTests;

/// <summary>Answers that must look like something, from a model that would rather say the alphabet.</summary>
public sealed class StructuredOutputTests
{
    private const string Completions = "/v1/completions";
    private const string Chat = "/v1/chat/completions";
    private const string Messages = "\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]";

    private const string Person = """{"type": "object", "properties": {"name": {"type": "string", "maxLength": 6}, "age": {"type": "integer", "minimum": 3, "maximum": 40}}, "required": ["name", "age"], "additionalProperties": false}""";

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    public async Task ResponseFormat_JsonSchema_IsKept(double temperature)
    {
        await using var server = await RunningServer.StartAsync();

        var format = "{\"type\": \"json_schema\", \"json_schema\": {\"name\": \"person\", \"strict\": true, \"schema\": " + Person + "}}";
        var answer = await server.AskAsync(
            Chat, "{" + Messages + FormattableString.Invariant($", \"temperature\": {temperature}, \"n\": 4, \"seed\": 5, \"max_tokens\": 200, \"response_format\": ") + format + "}");

        foreach (var choice in answer.GetProperty("choices").EnumerateArray())
        {
            Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
            var person = JsonElement.Parse(choice.GetProperty("message").GetProperty("content").GetString()!);
            Assert.Equal(["name", "age"], person.EnumerateObject().Select(member => member.Name));
            Assert.InRange(person.GetProperty("age").GetInt32(), 3, 40);
        }
    }

    [Fact]
    public async Task ResponseFormat_JsonObject_IsAnObject()
    {
        await using var server = await RunningServer.StartAsync();

        var answer = await server.AskAsync(Chat, "{" + Messages + """, "temperature": 0, "max_tokens": 200, "logit_bias": {}, "response_format": {"type": "json_object"}}""");

        Assert.StartsWith("{", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"structured_outputs\": {\"regex\": \"[b-d]{3}-[0-9]{2}\"}", "^[b-d]{3}-[0-9]{2}$")]
    [InlineData("\"structured_outputs\": {\"choice\": [\"yes\", \"no\"]}", "^(yes|no)$")]
    [InlineData("\"structured_outputs\": {\"grammar\": \"root ::= \\\"(\\\" root \\\")\\\" | \\\"x\\\"\"}", "^\\(*x\\)*$")]
    [InlineData("\"structured_outputs\": {\"json\": {\"enum\": [\"u\", 7]}}", "^(\"u\"|7)$")]
    [InlineData("\"structured_outputs\": {\"json\": \"{\\\"const\\\": null}\"}", "^null$")]
    [InlineData("\"guided_regex\": \"q{4}\"", "^qqqq$")]
    [InlineData("\"guided_choice\": [\"Zebra\"]", "^Zebra$")]
    [InlineData("\"guided_json\": {\"type\": \"boolean\"}", "^(true|false)$")]
    [InlineData("\"guided_grammar\": \"root ::= [x-z] \\\"!\\\"\"", "^[x-z]!$")]
    [InlineData("\"response_format\": {\"type\": \"text\"}", "^abc")]
    [InlineData("\"response_format\": null, \"structured_outputs\": null", "^abc")]
    public async Task StructuredOutputs_EachKind_IsKept(string field, string expected)
    {
        await using var server = await RunningServer.StartAsync();

        var answer = await server.AskAsync(Completions, $$"""{"prompt": "-", "temperature": 0, "max_tokens": 60, {{field}}}""");

        var choice = answer.GetProperty("choices")[0];
        Assert.Matches(new Regex(expected, RegexOptions.None, TimeSpan.FromSeconds(5)), choice.GetProperty("text").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task StructuredOutputs_Streamed_AreTheSameText()
    {
        await using var server = await RunningServer.StartAsync();
        const string fields = "\"prompt\": \"-\", \"temperature\": 1.2, \"seed\": 9, \"max_tokens\": 60, \"guided_regex\": \"[a-z]{5} (one|other)\"";

        var whole = await server.AskAsync(Completions, "{" + fields + "}");
        var events = await server.StreamAsync(Completions, "{" + fields + ", \"stream\": true}");

        Assert.Equal(whole.GetProperty("choices")[0].GetProperty("text").GetString(), string.Concat(events.Select(e => e.GetProperty("choices")[0].GetProperty("text").GetString())));
    }

    [Fact]
    public async Task ResponseFormat_BadSchema_NamesThePlaceAndTheServerGoesOn()
    {
        await using var server = await RunningServer.StartAsync();

        using var response = await server.PostAsync(Chat, "{" + Messages + """, "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object", "properties": {"a": {"not": {}}}}}}}""");
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("error");
        var after = await server.AskAsync(Completions, """{"prompt": "-", "temperature": 0, "max_tokens": 3}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("response_format", error.GetProperty("param").GetString());
        Assert.Contains("#/properties/a/not", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("abc", after.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Empty(server.Executor.Violations);
    }
}
