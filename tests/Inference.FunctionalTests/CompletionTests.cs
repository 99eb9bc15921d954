using System.Text.Json;

namespace Inference.FunctionalTests;

public sealed class CompletionTests
{
    private const string Path = "/v1/completions";

    [Theory]
    [InlineData("""{"prompt": "w"}""", "xyz", "stop", 4)]
    [InlineData("""{"prompt": "w", "model": "alphabet"}""", "xyz", "stop", 4)]
    [InlineData("""{"prompt": "A"}""", "BCDEFGHIJKLMNOPQ", "length", 16)]
    [InlineData("""{"prompt": "A", "max_tokens": 3}""", "BCD", "length", 3)]
    [InlineData("""{"prompt": "x", "max_tokens": 6, "ignore_eos": true}""", "yzabc", "length", 6)]
    [InlineData("""{"prompt": "x", "max_tokens": 6, "ignore_eos": true, "skip_special_tokens": false}""", "yz<|im_end|>abc", "length", 6)]
    [InlineData("""{"prompt": "x", "skip_special_tokens": false}""", "yz", "stop", 3)]
    [InlineData("""{"prompt": "x", "skip_special_tokens": false, "include_stop_str_in_output": true}""", "yz<|im_end|>", "stop", 3)]
    [InlineData("""{"prompt": "0"}""", "😀9", "stop", 6)]
    [InlineData("""{"prompt": "0", "max_tokens": 3}""", "�", "length", 3)]
    [InlineData("""{"prompt": "A", "stop": "EF"}""", "BCD", "stop", 5)]
    [InlineData("""{"prompt": "A", "stop": ["XX", "EF", "E"]}""", "BCD", "stop", 4)]
    [InlineData("""{"prompt": "A", "stop": "EF", "include_stop_str_in_output": true}""", "BCDEF", "stop", 5)]
    [InlineData("""{"prompt": "A", "stop": "EX", "max_tokens": 4}""", "BCDE", "length", 4)]
    [InlineData("""{"prompt": "A", "stop": ["B", "F"], "min_tokens": 2}""", "BCDE", "stop", 5)]
    [InlineData("""{"prompt": "0", "stop": "😀"}""", "", "stop", 4)]
    public async Task Complete_StreamedOrNot_GivesTheSame(string json, string text, string finishReason, int completionTokens)
    {
        await using var server = await RunningServer.StartAsync();

        var whole = await server.AskAsync(Path, Greedy(json));
        var events = await server.StreamAsync(Path, Greedy(json, ", \"stream\": true, \"stream_options\": {\"include_usage\": true}"));

        var choice = whole.GetProperty("choices")[0];
        Assert.Equal((text, finishReason), (choice.GetProperty("text").GetString(), choice.GetProperty("finish_reason").GetString()));
        Assert.Equal(completionTokens, whole.GetProperty("usage").GetProperty("completion_tokens").GetInt32());

        Assert.Equal(text, string.Concat(events.SkipLast(1).Select(e => e.GetProperty("choices")[0].GetProperty("text").GetString())));
        var reasons = events.SkipLast(1).Select(e => e.GetProperty("choices")[0].GetProperty("finish_reason").GetString()).ToList();
        Assert.All(reasons.SkipLast(1), Assert.Null);
        Assert.Equal(finishReason, reasons[^1]);
        Assert.All(events.SkipLast(1), e => Assert.Equal(JsonValueKind.Null, e.GetProperty("usage").ValueKind));
        Assert.Equal(0, events[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(whole.GetProperty("usage").ToString(), events[^1].GetProperty("usage").ToString());
        Assert.Single(events.Select(e => e.GetProperty("id").GetString()).Distinct());
        await server.IdleAsync();
    }

    [Theory]
    [InlineData("""{"prompt": "w"}""", "null")]
    [InlineData("""{"prompt": "A", "stop": ["F", "EF"]}""", "\"F\"")]
    [InlineData("""{"prompt": "A", "stop_token_ids": [ID]}""", "ID")]
    public async Task Complete_Stop_SaysWhatStoppedIt(string json, string stopReason)
    {
        await using var server = await RunningServer.StartAsync();
        var id = Alphabet.IdOf('D').ToString(System.Globalization.CultureInfo.InvariantCulture);

        var answer = await server.AskAsync(Path, Greedy(json.Replace("ID", id, StringComparison.Ordinal)));

        var choice = answer.GetProperty("choices")[0];
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(stopReason.Replace("ID", id, StringComparison.Ordinal), choice.GetProperty("stop_reason").GetRawText());
    }

    [Fact]
    public async Task Usage_SamePromptAgain_TellsWhatWasCachedUnlessTheSaltDiffers()
    {
        await using var server = await RunningServer.StartAsync();
        var prompt = string.Concat(Enumerable.Repeat("abcdefgh", 10));
        var length = Alphabet.Tokenizer.Encode(prompt).Length;

        async Task<int> CachedAsync(string extra = "")
        {
            var body = $$"""{"prompt": "{{prompt}}", "max_tokens": 2, "temperature": 0{{extra}}}""";
            var usage = (await server.AskAsync("/v1/completions", body)).GetProperty("usage");
            return usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32();
        }

        Assert.Equal(0, await CachedAsync());
        Assert.Equal((length - 1) / 16 * 16, await CachedAsync());
        Assert.Equal(0, await CachedAsync(""", "cache_salt": "mine" """));
        Assert.Equal((length - 1) / 16 * 16, await CachedAsync(""", "cache_salt": "mine" """));
        Assert.Equal((length - 1) / 16 * 16, await CachedAsync(""", "n": 2"""));
        Assert.True(length > 17);
    }

    [Fact]
    public async Task Complete_AllPromptForms_GiveChoicesInOrder()
    {
        await using var server = await RunningServer.StartAsync();
        var (a, b) = (Alphabet.IdOf('A'), Alphabet.IdOf('K'));

        Assert.Equal(["BC", "LM"], await TextsAsync(server, """{"prompt": ["A", "K"], "max_tokens": 2}"""));
        Assert.Equal(["BC"], await TextsAsync(server, $$"""{"prompt": [{{a}}], "max_tokens": 2}"""));
        Assert.Equal(["BC", "LM"], await TextsAsync(server, $$"""{"prompt": [[{{b}}, {{a}}], [{{b}}]], "max_tokens": 2}"""));
        Assert.Equal(["BC", "BC", "LM", "LM"], await TextsAsync(server, """{"prompt": ["A", "K"], "n": 2, "max_tokens": 2}"""));
    }

    [Fact]
    public async Task Complete_PromptUsage_CountsEachPromptOnce()
    {
        await using var server = await RunningServer.StartAsync();

        var answer = await server.AskAsync(Path, """{"prompt": ["A", "K"], "n": 3, "max_tokens": 2, "temperature": 0}""");

        Assert.Equal("""{"prompt_tokens":2,"completion_tokens":12,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}""", answer.GetProperty("usage").GetRawText());
    }

    [Fact]
    public async Task Stream_SeveralChoices_InterleavesByIndex()
    {
        await using var server = await RunningServer.StartAsync();

        var events = await server.StreamAsync(Path, """{"prompt": ["A", "w"], "n": 2, "max_tokens": 8, "temperature": 0, "stream": true}""");

        var choices = events.Select(e => e.GetProperty("choices")[0]).ToLookup(choice => choice.GetProperty("index").GetInt32());
        Assert.Equal(["BCDEFGHI", "BCDEFGHI", "xyz", "xyz"], Enumerable.Range(0, 4).Select(i => string.Concat(choices[i].Select(c => c.GetProperty("text").GetString()))));
        Assert.Equal(4, events.Count(e => e.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind == JsonValueKind.String));
    }

    [Fact]
    public async Task Stream_ContinuousUsage_GrowsWithEveryChunk()
    {
        await using var server = await RunningServer.StartAsync();

        var events = await server.StreamAsync(
            Path,
            """{"prompt": "A", "max_tokens": 4, "temperature": 0, "stream": true, "stream_options": {"include_usage": true, "continuous_usage_stats": true}}""");

        var counts = events.Select(e => e.GetProperty("usage").GetProperty("completion_tokens").GetInt32()).ToList();
        Assert.Equal(4, counts[^1]);
        Assert.Equal(counts.Order(), counts);
    }

    [Fact]
    public async Task Complete_Logprobs_HaveOneEntryPerToken()
    {
        await using var server = await RunningServer.StartAsync();

        var answer = await server.AskAsync(Path, """{"prompt": "w", "logprobs": 2, "temperature": 0}""");

        var logprobs = answer.GetProperty("choices")[0].GetProperty("logprobs");
        Assert.Equal("""["x","y","z"]""", logprobs.GetProperty("tokens").GetRawText());
        Assert.Equal("[0,1,2]", logprobs.GetProperty("text_offset").GetRawText());
        Assert.Equal(3, logprobs.GetProperty("token_logprobs").GetArrayLength());
        Assert.All(logprobs.GetProperty("top_logprobs").EnumerateArray(), top => Assert.InRange(top.EnumerateObject().Count(), 1, 2));
        Assert.True(logprobs.GetProperty("top_logprobs")[0].TryGetProperty("x", out var best) && best.GetDouble() <= 0);
    }

    [Fact]
    public async Task Complete_LogitBiasOfMinus100_BansTheToken()
    {
        await using var server = await RunningServer.StartAsync();

        var texts = await TextsAsync(server, $$"""{"prompt": "A", "max_tokens": 1, "logit_bias": {"{{Alphabet.IdOf('B')}}": -1e30} }""");

        Assert.DoesNotContain("B", texts);
    }

    [Fact]
    public async Task Complete_ManyAtOnce_EachGetsItsOwnText()
    {
        await using var server = await RunningServer.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            var first = (char)('A' + i % 24);
            var texts = await TextsAsync(server, $$"""{"prompt": "{{first}}", "max_tokens": {{1 + i % 7}}}""");
            return (first, count: 1 + i % 7, text: texts[0]);
        }));

        Assert.All(answers, answer => Assert.Equal(
            string.Concat(Enumerable.Range(1, answer.count).Select(k => (char)('A' + (answer.first - 'A' + k) % 26))), answer.text));
        await server.IdleAsync();
    }

    private static async Task<IReadOnlyList<string?>> TextsAsync(RunningServer server, string json)
    {
        var answer = await server.AskAsync(Path, Greedy(json));
        var choices = answer.GetProperty("choices").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, choices.Count), choices.Select(choice => choice.GetProperty("index").GetInt32()));
        return [.. choices.Select(choice => choice.GetProperty("text").GetString())];
    }

    private static string Greedy(string json, string more = "") => json[..json.LastIndexOf('}')] + ", \"temperature\": 0" + more + "}";
}
