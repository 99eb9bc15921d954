using System.Text.Json;

namespace Inference.FunctionalTests;

/// <summary>What requests ask about their prompts, and to be done with them.</summary>
public sealed class PromptTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Path = "/v1/completions";
    private const string Chat = "/v1/chat/completions";

    private RunningServer Server => shared.Server;

    [Fact]
    public async Task Echo_Text_BeginsWithThePromptStreamedOrNot()
    {
        const string body = "\"prompt\": [\"A B\", \"w\"], \"echo\": true, \"max_tokens\": 2, \"temperature\": 0, \"n\": 2";

        var whole = await Server.AskAsync(Path, $"{{{body}}}");
        var events = await Server.StreamAsync(Path, $"{{{body}, \"stream\": true}}");

        string[] expected = ["A BCD", "A BCD", "wxy", "wxy"];
        Assert.Equal(expected, whole.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()));
        var streamed = events.Select(e => e.GetProperty("choices")[0]).ToLookup(choice => choice.GetProperty("index").GetInt32());
        Assert.Equal(expected, Enumerable.Range(0, 4).Select(i => string.Concat(streamed[i].Select(choice => choice.GetProperty("text").GetString()))));
    }

    [Fact]
    public async Task Echo_TokenIds_AreEchoedAsText()
    {
        var answer = await Server.AskAsync(Path, $$"""{"prompt": [{{Alphabet.IdOf('A')}}, {{Alphabet.EosTokenId}}, "B"], "echo": true, "max_tokens": 1, "temperature": 0}""");

        Assert.Equal("A<|im_end|>BC", answer.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task EchoWithLogprobs_StreamedOrNot_CoversPromptAndText()
    {
        const string body = "\"prompt\": \"ABC\", \"echo\": true, \"logprobs\": 1, \"max_tokens\": 3, \"temperature\": 0";

        var whole = (await Server.AskAsync(Path, $"{{{body}}}")).GetProperty("choices")[0].GetProperty("logprobs");
        var events = await Server.StreamAsync(Path, $"{{{body}, \"stream\": true}}");

        var tokens = whole.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!).ToList();
        Assert.Equal("ABCDEF", string.Concat(tokens));
        Assert.Equal(JsonValueKind.Null, whole.GetProperty("token_logprobs")[0].ValueKind);
        Assert.Equal(JsonValueKind.Null, whole.GetProperty("top_logprobs")[0].ValueKind);
        Assert.All(whole.GetProperty("token_logprobs").EnumerateArray().Skip(1), logprob => Assert.True(logprob.GetDouble() <= 0));
        var offsets = whole.GetProperty("text_offset").EnumerateArray().Select(offset => offset.GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(0, tokens.Count).Select(i => tokens.Take(i).Sum(token => token.Length)), offsets);

        var streamed = events.Select(e => e.GetProperty("choices")[0].GetProperty("logprobs")).Where(logprobs => logprobs.ValueKind != JsonValueKind.Null).ToList();
        foreach (var list in new[] { "tokens", "token_logprobs", "top_logprobs", "text_offset" })
        {
            Assert.Equal(
                whole.GetProperty(list).EnumerateArray().Select(item => item.GetRawText()),
                streamed.SelectMany(logprobs => logprobs.GetProperty(list).EnumerateArray()).Select(item => item.GetRawText()));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EchoWithoutTokens_ScoresThePrompt(bool stream)
    {
        const string body = "\"prompt\": \"ABC\", \"echo\": true, \"logprobs\": 0, \"max_tokens\": 0";

        var choice = stream
            ? Assert.Single(await Server.StreamAsync(Path, $"{{{body}, \"stream\": true}}"), e => e.GetProperty("choices")[0].GetProperty("text").GetString() != "").GetProperty("choices")[0]
            : (await Server.AskAsync(Path, $"{{{body}}}")).GetProperty("choices")[0];

        Assert.Equal("ABC", choice.GetProperty("text").GetString());
        Assert.Equal("ABC", string.Concat(choice.GetProperty("logprobs").GetProperty("tokens").EnumerateArray().Select(token => token.GetString())));
    }

    [Fact]
    public async Task EchoWithoutTokens_Usage_HasNoCompletion()
    {
        var answer = await Server.AskAsync(Path, """{"prompt": "ABC", "echo": true, "max_tokens": 0}""");

        Assert.Equal(0, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task PromptLogprobs_Completion_HaveRanksAndAlternatives()
    {
        int[] ids = [Alphabet.IdOf('A'), Alphabet.IdOf('B'), Alphabet.IdOf('X')];
        var answer = await Server.AskAsync(Path, $$"""{"prompt": [{{string.Join(',', ids)}}], "prompt_logprobs": 2, "max_tokens": 1}""");

        var entries = answer.GetProperty("choices")[0].GetProperty("prompt_logprobs");
        Assert.Equal(3, entries.GetArrayLength());
        Assert.Equal(JsonValueKind.Null, entries[0].ValueKind);
        var likely = entries[1].GetProperty($"{ids[1]}");
        Assert.Equal((1, "B"), (likely.GetProperty("rank").GetInt32(), likely.GetProperty("decoded_token").GetString()));
        Assert.Equal(2, entries[1].EnumerateObject().Count());
        Assert.True(entries[2].GetProperty($"{ids[2]}").GetProperty("rank").GetInt32() > 1);
        Assert.Contains(entries[2].EnumerateObject(), entry => entry.Value.GetProperty("decoded_token").GetString() == "C");
    }

    [Fact]
    public async Task PromptLogprobs_Chat_AreInTheAnswer()
    {
        var answer = await Server.AskAsync(Chat, """{"messages": [{"role": "user", "content": "a"}], "prompt_logprobs": 0, "max_tokens": 1}""");

        Assert.Equal(answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), answer.GetProperty("prompt_logprobs").GetArrayLength());
    }

    [Theory]
    [InlineData("", "left", 2)]
    [InlineData(", \"truncation_side\": \"right\"", "right", 2)]
    public async Task Truncate_LongPrompt_KeepsOneSide(string side, string kept, int count)
    {
        int[] ids = [Alphabet.IdOf('A'), Alphabet.IdOf('K'), Alphabet.IdOf('T')];

        var answer = await Server.AskAsync(Path, $$"""{"prompt": [{{string.Join(',', ids)}}], "truncate_prompt_tokens": {{count}}{{side}}, "echo": true, "max_tokens": 1, "temperature": 0, "return_token_ids": true}""");

        var choice = answer.GetProperty("choices")[0];
        Assert.Equal(kept == "left" ? "KTU" : "AKL", choice.GetProperty("text").GetString());
        Assert.Equal(2, choice.GetProperty("prompt_token_ids").GetArrayLength());
        Assert.Equal(2, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Truncate_MinusOne_KeepsWhatFits()
    {
        var ids = string.Join(',', Enumerable.Repeat(Alphabet.IdOf('A'), 300));

        var answer = await Server.AskAsync(Path, $$"""{"prompt": [{{ids}}], "truncate_prompt_tokens": -1, "max_tokens": 10}""");

        Assert.Equal(246, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task ReturnTokenIds_StreamedOrNot_HasThoseOfPromptAndText()
    {
        const string body = "\"prompt\": \"x\", \"return_token_ids\": true, \"temperature\": 0";

        var whole = (await Server.AskAsync(Path, $"{{{body}}}")).GetProperty("choices")[0];
        var events = await Server.StreamAsync(Path, $"{{{body}, \"stream\": true}}");

        Assert.Equal($"[{Alphabet.IdOf('x')}]", whole.GetProperty("prompt_token_ids").GetRawText());
        Assert.Equal([Alphabet.IdOf('y'), Alphabet.IdOf('z'), Alphabet.EosTokenId], Ids(whole));
        Assert.Equal(Ids(whole), events.SelectMany(e => Ids(e.GetProperty("choices")[0])));
        Assert.Equal(1, events.Count(e => e.GetProperty("choices")[0].TryGetProperty("prompt_token_ids", out _)));
    }

    [Theory]
    [InlineData(Path, "\"prompt\": \"x\"")]
    [InlineData(Chat, "\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]")]
    public async Task ReturnTokenIds_NotAskedFor_AreLeftOut(string path, string prompt)
    {
        var whole = await Server.AskAsync(path, $"{{{prompt}, \"temperature\": 0, \"max_tokens\": 3}}");
        var events = await Server.StreamAsync(path, $"{{{prompt}, \"temperature\": 0, \"max_tokens\": 3, \"stream\": true}}");

        Assert.All(events.Prepend(whole), answer => Assert.DoesNotContain("token_ids", answer.GetRawText(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReturnTokenIds_Chat_HasThoseOfPromptAndText()
    {
        const string body = "\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"return_token_ids\": true, \"temperature\": 0, \"max_tokens\": 3";

        var whole = await Server.AskAsync(Chat, $"{{{body}}}");
        var events = await Server.StreamAsync(Chat, $"{{{body}, \"stream\": true}}");

        Assert.Equal(whole.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), whole.GetProperty("prompt_token_ids").GetArrayLength());
        Assert.Equal([Alphabet.IdOf('a'), Alphabet.IdOf('b'), Alphabet.IdOf('c')], Ids(whole.GetProperty("choices")[0]));
        Assert.Equal(Ids(whole.GetProperty("choices")[0]), events.SelectMany(e => Ids(e.GetProperty("choices")[0])));
        Assert.Equal(whole.GetProperty("prompt_token_ids").GetRawText(), events[0].GetProperty("prompt_token_ids").GetRawText());
    }

    [Fact]
    public async Task ReturnTokensAsTokenIds_Logprobs_SpellIds()
    {
        var answer = await Server.AskAsync(Path, """{"prompt": "x", "logprobs": 1, "return_tokens_as_token_ids": true, "temperature": 0, "max_tokens": 1}""");

        Assert.Equal($"token_id:{Alphabet.IdOf('y')}", answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("tokens")[0].GetString());
    }

    [Theory]
    [InlineData("Ag", "hi")]
    [InlineData("Ag \\n", "ab")]
    public async Task ContinueFinalMessage_AssistantsText_GoesOnFromThere(string text, string next)
    {
        var body = $$"""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "{{text}}"}], "continue_final_message": true, "max_tokens": 2, "temperature": 0""";

        var answer = await Server.AskAsync(Chat, body + "}");
        var echoed = await Server.AskAsync(Chat, body + ", \"echo\": true}");
        var streamed = await Server.StreamAsync(Chat, body + ", \"echo\": true, \"stream\": true}");

        Assert.Equal(next, Content(answer));
        var whole = text.Replace("\\n", "\n", StringComparison.Ordinal) + next;
        Assert.Equal(whole, Content(echoed));
        Assert.Equal(whole, string.Concat(streamed.Select(e => e.GetProperty("choices")[0].GetProperty("delta")).Select(
            delta => delta.TryGetProperty("content", out var content) ? content.GetString() : "")));
    }

    [Fact]
    public async Task ChatTemplate_OfTheRequest_IsUsed()
    {
        var answer = await Server.AskAsync(Chat, """
            {"messages": [{"role": "user", "content": "q"}], "chat_template": "{{ messages[0].content }}{{ documents[0].x }}{{ reasoning_effort }}",
             "documents": [{"x": "r"}], "reasoning_effort": "low", "max_tokens": 1, "temperature": 0, "prompt_logprobs": 0}
            """);

        Assert.Equal("x", Content(answer));
        Assert.Equal("qrlow", string.Concat(answer.GetProperty("prompt_logprobs").EnumerateArray().Skip(1).Select(
            entry => entry.EnumerateObject().First().Value.GetProperty("decoded_token").GetString())).Insert(0, "q"));
    }

    [Fact]
    public async Task Suffix_ModelWithTokensForIt_FillsTheMiddle()
    {
        var (a, b, c) = (Alphabet.IdOf('0'), Alphabet.IdOf('1'), Alphabet.IdOf('2'));
        await using var server = await RunningServer.StartAsync(model: model => model with { FillInMiddle = new Server.Serving.FillInMiddle(a, b, c) });

        await server.AskAsync(Path, """{"prompt": "A", "suffix": "K", "max_tokens": 1}""");

        Assert.Equal([a, Alphabet.IdOf('A'), b, Alphabet.IdOf('K'), c], server.Executor.Plans[0].TokenIds.ToArray());
    }

    [Fact]
    public async Task Fingerprint_AndTier_AreInEveryAnswer()
    {
        await using var server = await RunningServer.StartAsync(model: model => model with { Fingerprint = "fp_1" });

        var answer = await server.AskAsync(Path, """{"prompt": "A", "max_tokens": 1, "service_tier": "auto"}""");
        var events = await server.StreamAsync(Chat, """{"messages": [{"role": "user", "content": "q"}], "max_tokens": 1, "stream": true}""");

        Assert.Equal(("fp_1", "default"), (answer.GetProperty("system_fingerprint").GetString(), answer.GetProperty("service_tier").GetString()));
        Assert.All(events, e => Assert.Equal("fp_1", e.GetProperty("system_fingerprint").GetString()));
        Assert.All(events, e => Assert.False(e.TryGetProperty("service_tier", out _)));
    }

    [Fact]
    public async Task MaxLogprobs_NoLimit_GivesTheWholeVocabulary()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxLogprobs = -1 });

        var answer = await server.AskAsync(Chat, """{"messages": [{"role": "user", "content": "q"}], "max_tokens": 1, "logprobs": true, "top_logprobs": -1}""");

        Assert.Equal(512, answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")[0].GetProperty("top_logprobs").GetArrayLength());
    }

    private static int[] Ids(JsonElement choice) =>
        choice.TryGetProperty("token_ids", out var ids) ? [.. ids.EnumerateArray().Select(id => id.GetInt32())] : [];

    private static string? Content(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
}
