using System.Text.Json;

namespace Inference.FunctionalTests;

public sealed class ChatCompletionTests
{
    private const string Path = "/v1/chat/completions";
    private const string Messages = "\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"temperature\": 0";

    [Fact]
    public async Task Chat_Whole_HasTheMessageUntilTheEnd()
    {
        await using var server = await RunningServer.StartAsync();

        var answer = await server.AskAsync(Path, $$"""{{{Messages}}}""");

        Assert.Equal("chat.completion", answer.GetProperty("object").GetString());
        Assert.StartsWith("chatcmpl-", answer.GetProperty("id").GetString(), StringComparison.Ordinal);
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal("""{"content":"abcdefghijklmnopqrstuvwxyz","role":"assistant","refusal":null}""", choice.GetProperty("message").GetRawText());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(27, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Chat_Streamed_IsRoleThenContentThenFinishReason()
    {
        await using var server = await RunningServer.StartAsync();

        var events = await server.StreamAsync(Path, $$"""{{{Messages}}, "max_completion_tokens": 4, "max_tokens": 9, "stream": true}""");

        var choices = events.Select(e => e.GetProperty("choices")[0]).ToList();
        Assert.Equal("""{"role":"assistant","content":""}""", choices[0].GetProperty("delta").GetRawText());
        Assert.All(choices.Skip(1), choice => Assert.False(choice.GetProperty("delta").TryGetProperty("role", out _)));
        Assert.Equal("abcd", string.Concat(choices.SkipLast(1).Select(choice => choice.GetProperty("delta").GetProperty("content").GetString())));
        Assert.Equal(("{}", "length"), (choices[^1].GetProperty("delta").GetRawText(), choices[^1].GetProperty("finish_reason").GetString()));
    }

    [Fact]
    public async Task Chat_Logprobs_ConcatenateToTheContent()
    {
        await using var server = await RunningServer.StartAsync();

        var answer = await server.AskAsync(Path, $$"""{{{Messages}}, "max_tokens": 5, "logprobs": true, "top_logprobs": 3}""");

        var content = answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray().ToList();
        Assert.Equal("abcde", string.Concat(content.Select(token => token.GetProperty("token").GetString())));
        Assert.All(content, token => Assert.Equal(3, token.GetProperty("top_logprobs").GetArrayLength()));
        Assert.All(content, token => Assert.True(token.GetProperty("logprob").GetDouble() <= 0));
        Assert.Equal("[97]", content[0].GetProperty("bytes").GetRawText());
    }

    [Fact]
    public async Task Chat_TemplateInput_IsWhatWasSent()
    {
        const string template = "{{ messages | tojson }}|{{ tools | tojson if tools else 'no tools' }}|{{ mode }}|{{ add_generation_prompt }}";
        await using var server = await RunningServer.StartAsync(model: model => model with
        {
            ChatTemplate = Tokenization.ChatTemplates.ChatTemplate.Parse(template),
        });

        await server.AskAsync(Path, """
            {
              "messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "name": "me"}],
              "tools": [{"type": "function", "function": {"name": "f"}}], "chat_template_kwargs": {"mode": "x"},
              "add_generation_prompt": false, "max_tokens": 1
            }
            """);

        var prompt = Alphabet.Tokenizer.Decode(server.Executor.Plans[0].TokenIds.Span);
        Assert.Equal("""[{"role": "user", "name": "me", "content": "a\nb"}]|[{"type": "function", "function": {"name": "f"}}]|x|False""", prompt);
    }

    [Fact]
    public async Task Chat_WithoutMaxTokens_MayFillTheContext()
    {
        await using var server = await RunningServer.StartAsync();

        var answer = await server.AskAsync(Path, $$"""{{{Messages}}, "ignore_eos": true}""");

        Assert.Equal(256, answer.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Chat_ModelWithoutTemplate_SaysSo()
    {
        await using var server = await RunningServer.StartAsync(model: model => model with { ChatTemplate = null });

        using var response = await server.PostAsync(Path, $$"""{{{Messages}}}""");

        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("no chat template", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
