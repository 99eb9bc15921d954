using System.Text.Json;
using System.Text.RegularExpressions;

namespace Inference.FunctionalTests.Conformance;

/// <summary>What vLLM's tests pin about answers that must look like something: its points on masks, forced calls and structured outputs.</summary>
public sealed class VllmStructureConformanceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Completions = "/v1/completions";
    private const string Chat = "/v1/chat/completions";
    private const string Hi = "\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]";
    private const string Schema = """{"type": "object", "properties": {"n": {"enum": [7]}}, "required": ["n"], "additionalProperties": false}""";

    private const string Weather = """
        "tools": [{"type": "function", "function": {"name": "weather", "parameters":
          {"type": "object", "properties": {"city": {"enum": ["Graz"]}}, "required": ["city"], "additionalProperties": false}}}]
        """;

    private RunningServer Server => shared.Server;

    [Fact]
    public async Task Point05_LogprobsUnderAMask_HaveAFloor()
    {
        var answer = await Server.AskAsync(
            Chat, $$"""{{{Hi}}, "structured_outputs": {"choice": ["yes"]}, "logprobs": true, "top_logprobs": 20, "temperature": 0}""");

        var tokens = answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray().ToList();
        Assert.NotEmpty(tokens);
        Assert.All(
            tokens.Concat(tokens.SelectMany(token => token.GetProperty("top_logprobs").EnumerateArray())),
            token => Assert.InRange(token.GetProperty("logprob").GetDouble(), -9999, 0));
    }

    [Fact]
    public async Task Point11_NamedTool_HasValidArgumentsAndNoContent()
    {
        var answer = await Server.AskAsync(
            Chat, $$"""{{{Hi}}, {{Weather}}, "tool_choice": {"type": "function", "function": {"name": "weather"} }, "max_tokens": 100}""");

        var message = answer.GetProperty("choices")[0].GetProperty("message");
        Assert.True(string.IsNullOrEmpty(message.GetProperty("content").GetString()));
        var function = Assert.Single(message.GetProperty("tool_calls").EnumerateArray()).GetProperty("function");
        Assert.Equal("weather", function.GetProperty("name").GetString());
        Assert.Equal("Graz", JsonElement.Parse(function.GetProperty("arguments").GetString()!).GetProperty("city").GetString());
    }

    [Fact]
    public async Task Point11_RequiredCallCutOff_IsLengthAndNoCall()
    {
        var choice = (await Server.AskAsync(Chat, $$"""{{{Hi}}, {{Weather}}, "tool_choice": "required", "max_tokens": 1}""")).GetProperty("choices")[0];

        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.False(choice.GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Theory]
    [InlineData("\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"n\", \"strict\": true, \"schema\": " + Schema + "}}", "^\\{\\s*\"n\":\\s*7\\s*\\}$")]
    [InlineData("\"structured_outputs\": {\"json\": " + Schema + "}", "^\\{\\s*\"n\":\\s*7\\s*\\}$")]
    [InlineData("\"structured_outputs\": {\"regex\": \"[b-d]{3}\"}", "^[b-d]{3}$")]
    [InlineData("\"structured_outputs\": {\"choice\": [\"yes\", \"no\"]}", "^(yes|no)$")]
    [InlineData("\"structured_outputs\": {\"grammar\": \"root ::= [x-z] \\\"!\\\"\"}", "^[x-z]!$")]
    public async Task Point12_EachKind_IsKept(string field, string expected)
    {
        var answer = await Server.AskAsync(Chat, $"{{{Hi}, {field}, \"temperature\": 1, \"seed\": 3, \"max_tokens\": 100}}");

        var choice = answer.GetProperty("choices")[0];
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Matches(new Regex(expected, RegexOptions.None, TimeSpan.FromSeconds(5)), choice.GetProperty("message").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("\"response_format\": {\"type\": \"json_schema\"}", "response_format")]
    [InlineData("\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a\", \"schema\": {\"type\": \"hiccup\"}}}", "response_format")]
    [InlineData("\"structured_outputs\": {\"json\": {\"type\": \"hiccup\"}}", "structured_outputs")]
    [InlineData("\"structured_outputs\": {\"regex\": \"(\"}", "structured_outputs")]
    [InlineData("\"structured_outputs\": {\"choice\": []}", "structured_outputs")]
    [InlineData("\"structured_outputs\": {\"grammar\": \"root ::= \\\"a\"}", "structured_outputs")]
    [InlineData("\"structured_outputs\": {\"regex\": \"a\", \"choice\": [\"a\"]}", "structured_outputs")]
    [InlineData("\"structured_outputs\": {\"regex\": \"a\"}, \"response_format\": {\"type\": \"json_object\"}", "structured_outputs")]
    public async Task Point12_WhatCannotBe_IsRefusedAndTheEngineGoesOn(string field, string param)
    {
        using var response = await Server.PostAsync(Chat, $"{{{Hi}, {field}}}");
        var after = await Server.AskAsync(Completions, """{"prompt": "-", "temperature": 0, "max_tokens": 3}""");

        await ErrorTests.AssertErrorAsync(response, 400, param);
        Assert.Equal("abc", after.GetProperty("choices")[0].GetProperty("text").GetString());
    }
}
