namespace Inference.FunctionalTests;

/// <summary>OpenAI's own JavaScript client against the server, run by node.</summary>
public sealed class NodeClientTests : IClassFixture<NodeClients>
{
    [Theory]
    [InlineData("streamChat", """{"text":"abcdef","finish":"length","usage":{"prompt_tokens":PROMPT,"completion_tokens":6,"total_tokens":TOTAL,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}""")]
    [InlineData("streamCompletion", """{"text":"BCD"}""")]
    [InlineData("abort", """{"aborted":true}""")]
    [InlineData("error", """{"name":"BadRequestError","status":400,"param":"temperature","type":"invalid_request_error"}""")]
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
}
