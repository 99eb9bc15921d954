using Inference.Server.Parsing;
using Inference.Server.Serving;

namespace Inference.FunctionalTests;

/// <summary>JavaScript clients against the server, run by node: OpenAI's own, the Vercel AI SDK, LangChain.</summary>
public sealed class NodeClientTests : IClassFixture<NodeClients>
{
    [Theory]
    [InlineData("streamChat", """{"text":"abcdef","finish":"length","usage":{"prompt_tokens":PROMPT,"completion_tokens":6,"total_tokens":TOTAL,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}""")]
    [InlineData("chat", """{"text":"abcdefghijklmnopqrstuvwxyz","finish":"stop","tokens":27}""")]
    [InlineData("parsedChat", """{"n":7}""")]
    [InlineData("streamCompletion", """{"text":"BCD"}""")]
    [InlineData("abort", """{"aborted":true}""")]
    [InlineData("error", """{"name":"BadRequestError","status":400,"param":"temperature","type":"invalid_request_error"}""")]
    [InlineData("streamResponse", """{"text":"abcdefghijklmnopqrstuvwxyz","output_text":"abcdefghijklmnopqrstuvwxyz","status":"completed","tokens":27}""")]
    [InlineData("storedResponse", """{"text":"abc","same":true,"roles":["user","assistant","user"],"status":404}""")]
    [InlineData("parsedResponse", """{"n":7}""")]
    [InlineData("batch", """{"status":"completed","answers":[["a","BCD"],["b","yz"]],"tokens":6,"listed":true,"deleted":true,"names":[true]}""")]
    public async Task Client_Scenario_SeesWhatItShould(string scenario, string expected)
    {
        await using var server = await RunningServer.StartAsync();

        var output = await NodeClients.RunAsync("openai.js", new Uri(server.Address, "v1").ToString(), scenario);

        var prompt = Alphabet.Tokenizer.Encode("user: hi\nassistant: ").Length;
        Assert.Equal(
            expected
                .Replace("PROMPT", $"{prompt}", StringComparison.Ordinal)
                .Replace("TOTAL", $"{prompt + 6}", StringComparison.Ordinal),
            output.Trim());
        await server.IdleAsync();
    }

    [Theory]
    [InlineData("openai.js", "streamTools", """{"calls":[["function","weather","{\"city\": \"Graz\"}"]],"finish_reason":"tool_calls"}""")]
    [InlineData("openai.js", "responseTools", """{"count":1,"call":["function_call","weather","{\"city\": \"Graz\"}"]}""")]
    [InlineData("ai-sdk.js", "streamResponseTools", """{"streamResponseTools":{"calls":[{"toolName":"weather","input":{"city":"Graz"}}],"finishReason":"tool-calls"}}""")]
    [InlineData("ai-sdk.js", "tools,streamTools", """{"tools":{"calls":[{"toolName":"weather","input":{"city":"Graz"}}],"finishReason":"tool-calls"},"streamTools":{"pieces":"{\"city\": \"Graz\"}","calls":[{"toolName":"weather","input":{"city":"Graz"}}],"finishReason":"tool-calls"}}""")]
    [InlineData("langchain.js", "tools,streamTools", """{"tools":{"calls":[{"name":"weather","args":{"city":"Graz"}}]},"streamTools":{"calls":[{"name":"weather","args":{"city":"Graz"}}]}}""")]
    public async Task Client_Tools_AreCalled(string script, string scenarios, string expected)
    {
        await using var server = await Parrot.StartAsync(
            """<tool_call>{"name": "weather", "arguments": {"city": "Graz"}}</tool_call>""", ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });

        var output = await NodeClients.RunAsync(script, new Uri(server.Address, "v1").ToString(), scenarios);

        Assert.Equal(expected, output.Trim());
    }

    [Theory]
    [InlineData("ai-sdk.js", "structured,structuredResponse", """{"structured":{"n":7},"structuredResponse":{"n":7}}""")]
    [InlineData("langchain.js", "structured", """{"structured":{"n":7}}""")]
    public async Task Client_StructuredOutput_IsKept(string script, string scenarios, string expected)
    {
        await using var server = await RunningServer.StartAsync();

        var output = await NodeClients.RunAsync(script, new Uri(server.Address, "v1").ToString(), scenarios);

        Assert.Equal(expected, output.Trim());
    }

    [Theory]
    [InlineData("openai.js", """{"count":3,"length":384,"ranked":true,"tokens":19,"short":8}""")]
    [InlineData("ai-sdk.js", """{"embeddings":{"count":2,"length":384,"tokens":8}}""")]
    [InlineData("langchain.js", """{"embeddings":{"count":2,"length":384,"same":true}}""")]
    public async Task Client_Embeddings_AreVectors(string script, string expected)
    {
        await using var server = await EmbeddingServer.StartAsync();

        var output = await NodeClients.RunAsync(script, new Uri(server.Address, "v1").ToString(), "embeddings");

        Assert.Equal(expected, output.Trim());
    }

    [Theory]
    [InlineData("ai-sdk.js", "chat,stream", """{"chat":{"text":"Hello!","finishReason":"stop","outputTokens":COUNT},"stream":{"text":"Hello!","finishReason":"stop"}}""")]
    [InlineData("ai-sdk.js", "response,streamResponse", """{"response":{"text":"Hello!","finishReason":"stop","outputTokens":COUNT},"streamResponse":{"text":"Hello!","finishReason":"stop"}}""")]
    [InlineData("langchain.js", "chat,stream,toolAnswer", """{"chat":{"text":"Hello!","finish":"stop","outputTokens":COUNT},"stream":{"text":"Hello!"},"toolAnswer":{"text":"Hello!"}}""")]
    public async Task Client_Chat_IsAnswered(string script, string scenarios, string expected)
    {
        await using var server = await Parrot.StartAsync("Hello!", ChatTraits.None);

        var output = await NodeClients.RunAsync(script, new Uri(server.Address, "v1").ToString(), scenarios);

        Assert.Equal(expected.Replace("COUNT", $"{Alphabet.Tokenizer.Encode("Hello!").Length + 1}", StringComparison.Ordinal), output.Trim());
    }
}
