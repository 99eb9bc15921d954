using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Inference.FunctionalTests;

public sealed class ErrorTests
{
    private const string Completions = "/v1/completions";
    private const string Chat = "/v1/chat/completions";

    [Theory]
    [InlineData(Completions, "{}", 400, "prompt", null)]
    [InlineData(Completions, "", 400, null, null)]
    [InlineData(Completions, "[]", 400, null, null)]
    [InlineData(Completions, "null", 400, null, null)]
    [InlineData(Completions, "{\"prompt\": \"a\"", 400, null, null)]
    [InlineData(Completions, "{\"prompt\": \"\\ud800\"}", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": 5}""", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": ""}""", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": []}""", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": [[]]}""", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": [512]}""", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": [-1]}""", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": "a", "model": "nope"}""", 404, "model", "model_not_found")]
    [InlineData(Completions, """{"prompt": "a", "max_tokens": "ten"}""", 400, "max_tokens", null)]
    [InlineData(Completions, """{"prompt": "a", "max_tokens": 0}""", 400, "max_tokens", null)]
    [InlineData(Completions, """{"prompt": "a", "max_tokens": 256}""", 400, "max_tokens", "context_length_exceeded")]
    [InlineData(Completions, """{"prompt": "a", "max_tokens": 2, "min_tokens": 3}""", 400, "min_tokens", null)]
    [InlineData(Completions, """{"prompt": "a", "min_tokens": -1}""", 400, "min_tokens", null)]
    [InlineData(Completions, """{"prompt": "a", "temperature": 2.5}""", 400, "temperature", null)]
    [InlineData(Completions, """{"prompt": "a", "temperature": -0.1}""", 400, "temperature", null)]
    [InlineData(Completions, """{"prompt": "a", "temperature": 1e999}""", 400, "temperature", null)]
    [InlineData(Completions, """{"prompt": "a", "top_p": 0}""", 400, "top_p", null)]
    [InlineData(Completions, """{"prompt": "a", "top_p": 1.01}""", 400, "top_p", null)]
    [InlineData(Completions, """{"prompt": "a", "top_p": 1e-320}""", 400, "top_p", null)]
    [InlineData(Completions, """{"prompt": "a", "repetition_penalty": 1e-60}""", 400, "repetition_penalty", null)]
    [InlineData(Completions, """{"prompt": "a", "top_k": -2}""", 400, "top_k", null)]
    [InlineData(Completions, """{"prompt": "a", "min_p": 2}""", 400, "min_p", null)]
    [InlineData(Completions, """{"prompt": "a", "repetition_penalty": 0}""", 400, "repetition_penalty", null)]
    [InlineData(Completions, """{"prompt": "a", "presence_penalty": 3}""", 400, "presence_penalty", null)]
    [InlineData(Completions, """{"prompt": "a", "frequency_penalty": -3}""", 400, "frequency_penalty", null)]
    [InlineData(Completions, """{"prompt": "a", "seed": 9223372036854775808}""", 400, "seed", null)]
    [InlineData(Completions, """{"prompt": "a", "logit_bias": {"512": 1}}""", 400, "logit_bias", null)]
    [InlineData(Completions, """{"prompt": "a", "logit_bias": {"x": 1}}""", 400, "logit_bias", null)]
    [InlineData(Completions, """{"prompt": "a", "stop": ""}""", 400, "stop", null)]
    [InlineData(Completions, """{"prompt": "a", "stop_token_ids": [512]}""", 400, "stop_token_ids", null)]
    [InlineData(Completions, """{"prompt": "a", "logprobs": 21}""", 400, "logprobs", null)]
    [InlineData(Completions, """{"prompt": "a", "n": 0}""", 400, "n", null)]
    [InlineData(Completions, """{"prompt": "a", "cache_salt": ""}""", 400, "cache_salt", null)]
    [InlineData(Completions, """{"prompt": "a", "priority": 1001}""", 400, "priority", null)]
    [InlineData(Completions, """{"prompt": "a", "deadline": 0}""", 400, "deadline", null)]
    [InlineData(Completions, """{"prompt": "a", "n": 129}""", 400, "n", null)]
    [InlineData(Completions, """{"prompt": "a", "n": 4, "best_of": 3}""", 400, "best_of", null)]
    [InlineData(Completions, """{"prompt": "a", "best_of": 3, "stream": true}""", 400, "best_of", null)]
    [InlineData(Completions, """{"prompt": "a", "echo": true, "suffix": "b"}""", 400, "suffix", null)]
    [InlineData(Completions, """{"prompt": "a", "prompt_logprobs": 1, "stream": true}""", 400, "prompt_logprobs", null)]
    [InlineData(Completions, """{"prompt": "a", "prompt_logprobs": -1}""", 400, "prompt_logprobs", null)]
    [InlineData(Completions, """{"prompt": "a", "prompt_logprobs": 1, "use_beam_search": true, "best_of": 2}""", 400, "use_beam_search", null)]
    [InlineData(Completions, """{"prompt": "a", "logprobs": 1.5}""", 400, "logprobs", null)]
    [InlineData(Completions, """{"prompt": "a", "truncate_prompt_tokens": 0}""", 400, "truncate_prompt_tokens", null)]
    [InlineData(Completions, """{"prompt": "a", "truncate_prompt_tokens": 2, "truncation_side": "top"}""", 400, "truncation_side", null)]
    [InlineData(Completions, """{"prompt": ["a", [1, 600]]}""", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": ["a", {}]}""", 400, "prompt", null)]
    [InlineData(Completions, """{"prompt": [1, [2]]}""", 400, "prompt", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "modalities": ["text", "audio"]}""", 400, "modalities", "unsupported_parameter")]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "audio": {"voice": "x"}}""", 400, "audio", "unsupported_parameter")]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "functions": [{"name": "f"}]}""", 400, "functions", "unsupported_parameter")]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "chat_template": "{% if"}""", 400, "chat_template", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "documents": 5}""", 400, "documents", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "continue_final_message": true}""", 400, "continue_final_message", null)]
    [InlineData(Chat, """{"messages": [{"role": "assistant", "content": "a"}], "continue_final_message": true, "add_generation_prompt": true}""", 400, "continue_final_message", null)]
    [InlineData(Completions, """{"prompt": "a", "suffix": "b"}""", 400, "suffix", "unsupported_parameter")]
    [InlineData(Completions, """{"prompt": "a", "stream_options": {"include_usage": true}}""", 400, "stream_options", null)]
    [InlineData(Completions, """{"prompt": "a", "response_format": {"type": "xml"}}""", 400, "response_format", null)]
    [InlineData(Completions, """{"prompt": "a", "response_format": 5}""", 400, "response_format", null)]
    [InlineData(Completions, """{"prompt": "a", "response_format": {"type": "json_schema"}}""", 400, "response_format", null)]
    [InlineData(Completions, """{"prompt": "a", "response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "wrong"}}}}""", 400, "response_format", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {"regex": "(a"}}""", 400, "structured_outputs", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {"choice": []}}""", 400, "structured_outputs", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {"choice": ["a", 1]}}""", 400, "structured_outputs", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {"choice": ["\ud800"]}}""", 400, "structured_outputs", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {"\ud800": 1}}""", 400, "structured_outputs", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {"name": "\ud800"}}]}""", 400, "tools", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tool_choice": "\ud800"}""", 400, "tool_choice", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {"grammar": "start ::= x"}}""", 400, "structured_outputs", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {}}""", 400, "structured_outputs", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {"regex": "a", "choice": ["a"]}}""", 400, "structured_outputs", null)]
    [InlineData(Completions, """{"prompt": "a", "structured_outputs": {"regex": "a"}, "guided_regex": "b"}""", 400, "guided_regex", null)]
    [InlineData(Completions, """{"prompt": "a", "guided_json": {"not": {}}}""", 400, "guided_json", null)]
    [InlineData(Chat, "{}", 400, "messages", null)]
    [InlineData(Chat, """{"messages": [{"role": 5}]}""", 400, "messages[0].role", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "\ud800"}]}""", 400, "messages", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tool_choice": "\udc00"}""", 400, "tool_choice", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "chat_template_kwargs": {"\udc00": 1}}""", 400, "chat_template_kwargs", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a", "\udc00": "a"}]}""", 400, "messages", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "top_logprobs": 2}""", 400, "top_logprobs", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "logprobs": true, "top_logprobs": 21}""", 400, "top_logprobs", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "logprobs": 3}""", 400, "logprobs", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tools": []}""", 400, "tools", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tools": [5]}""", 400, "tools[0]", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function"}]}""", 400, "tools[0].function", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tool_choice": {}}""", 400, "tool_choice", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tool_choice": "auto"}""", 400, "tool_choice", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tool_choice": {"type": "function"}}""", 400, "tool_choice", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "required", "response_format": {"type": "json_object"}}""", 400, "response_format", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "hiccup"}}}], "tool_choice": "required"}""", 400, "tools", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "type": "object"}}}], "tool_choice": "required"}""", 400, "tools", null)]
    [InlineData(Chat, """{"messages": [{"role": "user", "content": "a"}], "max_completion_tokens": 0}""", 400, "max_completion_tokens", null)]
    public async Task Post_WrongBody_IsAnErrorThatNamesTheField(string path, string body, int status, string? param, string? code)
    {
        await using var server = await RunningServer.StartAsync();

        using var response = await server.PostAsync(path, body);

        await AssertErrorAsync(response, status, param, code);
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData("GET", "/nope", 404)]
    [InlineData("GET", "/v1/nope", 404)]
    [InlineData("GET", Completions, 405)]
    [InlineData("DELETE", "/v1/models", 405)]
    [InlineData("GET", "/v1/models/nope", 404)]
    [InlineData("GET", "/v1/models/org%2Fnope", 404)]
    public async Task Send_WrongAddressOrMethod_IsAnErrorObject(string method, string path, int status)
    {
        await using var server = await RunningServer.StartAsync();

        using var response = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);

        await AssertErrorAsync(response, status, path.EndsWith("nope", StringComparison.Ordinal) && path.Contains("models", StringComparison.Ordinal) ? "model" : null);
    }

    [Fact]
    public async Task Post_OtherContentType_Is415()
    {
        await using var server = await RunningServer.StartAsync();
        using var content = new StringContent("""{"prompt": "a"}""", Encoding.UTF8, "text/plain");

        using var response = await server.Client.PostAsync(Completions, content, TestContext.Current.CancellationToken);

        await AssertErrorAsync(response, 415, code: "unsupported_media_type");
    }

    [Fact]
    public async Task Post_NoContentType_IsTakenAsJson()
    {
        await using var server = await RunningServer.StartAsync();
        using var content = new ByteArrayContent("""{"prompt": "w", "temperature": 0}"""u8.ToArray());

        using var response = await server.Client.PostAsync(Completions, content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Post_InvalidUtf8_Is400()
    {
        await using var server = await RunningServer.StartAsync();
        using var content = new ByteArrayContent([.. "{\"prompt\": \""u8, 0xFF, 0xFE, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await server.Client.PostAsync(Completions, content, TestContext.Current.CancellationToken);

        await AssertErrorAsync(response, 400, response.StatusCode == HttpStatusCode.BadRequest ? "prompt" : null);
    }

    [Fact]
    public async Task Post_DeepJson_Is400()
    {
        await using var server = await RunningServer.StartAsync();
        var deep = new string('[', 1_000_000);

        using var response = await server.PostAsync(Chat, $"{{\"messages\": {deep}");

        await AssertErrorAsync(response, 400);
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task Post_HugeBody_Is413()
    {
        await using var server = await RunningServer.StartAsync();
        using var content = new StringContent("{\"prompt\": \"" + new string('a', 33 << 20) + "\"}", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Completions) { Content = content };
        request.Headers.ExpectContinue = true;

        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await AssertErrorAsync(response, 413, code: "request_too_large");
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(20_000_000)]
    public async Task Post_LongPrompt_NamesTheLimit(int length)
    {
        await using var server = await RunningServer.StartAsync();

        using var response = await server.PostAsync(Completions, "{\"prompt\": \"" + new string('~', length) + "\"}");

        var error = await AssertErrorAsync(response, 400, "prompt", "context_length_exceeded");
        Assert.Contains("256", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_StreamThatIsWrong_IsAPlainError()
    {
        await using var server = await RunningServer.StartAsync();

        using var response = await server.PostAsync(Completions, """{"prompt": "a", "stream": true, "max_tokens": 1000}""");

        await AssertErrorAsync(response, 400, "max_tokens", "context_length_exceeded");
    }

    [Fact]
    public async Task Post_TemplateRefuses_SaysWhy()
    {
        await using var server = await RunningServer.StartAsync(model: model => model with
        {
            ChatTemplate = Tokenization.ChatTemplates.ChatTemplate.Parse("{{ raise_exception('only users here') }}"),
        });

        using var response = await server.PostAsync(Chat, """{"messages": [{"role": "user", "content": "a"}]}""");

        var error = await AssertErrorAsync(response, 400, "messages");
        Assert.Contains("only users here", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Bearer wrong", 401)]
    [InlineData("Basic key-1", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer key-1", 200)]
    [InlineData("bearer key-2", 200)]
    public async Task ApiKey_OnV1_IsAskedFor(string? authorization, int status)
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["key-1", "key-2"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 401)
        {
            await AssertErrorAsync(response, 401, code: "invalid_api_key");
        }

        foreach (var open in new[] { "/health", "/version", "/metrics" })
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(open, TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    internal static async Task<JsonElement> AssertErrorAsync(HttpResponseMessage response, int status, string? param = null, string? code = null)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.Contains("X-Request-Id"));
        var error = JsonElement.Parse(body).GetProperty("error");
        string[] sizes = error.GetProperty("code").GetString() == "context_length_exceeded" ? ["n_prompt_tokens", "n_ctx"] : [];
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(property => property.Name).Except(sizes));
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.True(code is null || code == error.GetProperty("code").GetString(), body);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.True(body.Length < 1000, body);
        return error;
    }

    private static async Task AssertServesAsync(RunningServer server)
    {
        var answer = await server.AskAsync(Completions, """{"prompt": "w", "temperature": 0}""");
        Assert.Equal("xyz", answer.GetProperty("choices")[0].GetProperty("text").GetString());
        await server.IdleAsync();
    }
}
