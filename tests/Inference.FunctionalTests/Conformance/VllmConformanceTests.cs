using System.Text;
using System.Text.Json;
using Inference.FunctionalTests.OpenApi;
using Inference.Server.Parsing;
using Inference.Server.Serving;

namespace Inference.FunctionalTests.Conformance;

/// <summary>
/// What vLLM's tests pin about serving text, one test for each point. Choices at temperature 0 are allowed, as OpenAI allows them, and an
/// error's code is a string, as OpenAI's specification demands.
/// </summary>
public sealed class VllmConformanceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Completions = "/v1/completions";
    private const string Chat = "/v1/chat/completions";
    private const string Hi = "\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]";
    private const string Weather = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": {\"type\": \"object\"}}}]";

    private RunningServer Server => shared.Server;

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData(", \"stream_options\": {}", 0, 0)]
    [InlineData(", \"stream_options\": {\"include_usage\": false}", 0, 0)]
    [InlineData(", \"stream_options\": {\"include_usage\": true}", 1, 0)]
    [InlineData(", \"stream_options\": {\"include_usage\": true, \"continuous_usage_stats\": true}", 1, 1)]
    public async Task Point01_StreamUsage_IsWhereItWasAskedFor(string options, int last, int each)
    {
        var events = await Server.StreamAsync(Completions, $$"""{"prompt": "A", "max_tokens": 4, "temperature": 0, "stream": true{{options}} }""");

        var usages = events.Where(e => e.GetProperty("choices").GetArrayLength() > 0).Select(e => e.GetProperty("usage")).ToList();
        Assert.All(usages, usage => Assert.Equal(each == 1, usage.ValueKind == JsonValueKind.Object));
        Assert.All(usages.Where(usage => usage.ValueKind == JsonValueKind.Object), usage => Assert.Equal(
            usage.GetProperty("total_tokens").GetInt32(), usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32()));
        Assert.Equal(last, events.Count(e => e.GetProperty("choices").GetArrayLength() == 0));
    }

    [Theory]
    [InlineData(Completions, "\"prompt\": \"A\"")]
    [InlineData(Chat, Hi)]
    public async Task Point01_StreamOptions_NeedAStream(string path, string body) =>
        await RefusedAsync(path, $"{{{body}, \"stream_options\": {{\"include_usage\": true}}}}", "stream_options");

    [Fact]
    public async Task Point02_Choices_AreIndexedPromptByPromptAndEndOnceEach()
    {
        const string body = "\"prompt\": [\"A\", \"K\"], \"n\": 2, \"max_tokens\": 3, \"temperature\": 0";

        var whole = await Server.AskAsync(Completions, $"{{{body}}}");
        var events = await Server.StreamAsync(Completions, $"{{{body}, \"stream\": true}}");

        Assert.Equal(["BCD", "BCD", "LMN", "LMN"], whole.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()));
        Assert.Equal([0, 1, 2, 3], whole.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        var ends = events.Select(e => e.GetProperty("choices")[0]).Where(choice => choice.GetProperty("finish_reason").ValueKind == JsonValueKind.String);
        Assert.Equal([0, 1, 2, 3], ends.Select(choice => choice.GetProperty("index").GetInt32()).Order());
        await RefusedAsync(Completions, """{"prompt": "A", "n": 129}""", "n");
    }

    [Theory]
    [InlineData("null", 0, 0)]
    [InlineData("0", 1, 1)]
    [InlineData("5", 5, 6)]
    public async Task Point03_CompletionLogprobs_HaveAsManyEntriesAsAskedFor(string asked, int least, int most)
    {
        var answer = await Server.AskAsync(Completions, $$"""{"prompt": "A", "max_tokens": 3, "logprobs": {{asked}}, "temperature": 1, "seed": 1}""");

        OpenAiSchemas.AssertValid("CreateCompletionResponse", answer);
        var logprobs = answer.GetProperty("choices")[0].GetProperty("logprobs");
        Assert.Equal(asked == "null", logprobs.ValueKind == JsonValueKind.Null);
        if (asked != "null")
        {
            Assert.All(logprobs.GetProperty("top_logprobs").EnumerateArray(), top => Assert.InRange(top.EnumerateObject().Count(), least, most));
        }
    }

    [Theory]
    [InlineData("\"logprobs\": 21", "logprobs")]
    [InlineData("\"logprobs\": \"a\"", "logprobs")]
    [InlineData("\"logprobs\": 1.5", "logprobs")]
    [InlineData("\"prompt_logprobs\": 1, \"stream\": true", "prompt_logprobs")]
    [InlineData("\"max_tokens\": 0", "max_tokens")]
    public async Task Point03And04_WrongLogprobs_AreRefused(string field, string param) =>
        await RefusedAsync(Completions, $"{{\"prompt\": \"A\", {field}}}", param);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Point04_EchoWithLogprobs_AlignsOffsetsAndScoresWithoutTokens(bool stream)
    {
        const string body = "\"prompt\": \"ABC\", \"echo\": true, \"logprobs\": 1, \"temperature\": 0, \"stop\": \"FG\"";
        var choices = stream
            ? (await Server.StreamAsync(Completions, $"{{{body}, \"stream\": true}}")).Select(e => e.GetProperty("choices")[0]).ToList()
            : [(await Server.AskAsync(Completions, $"{{{body}}}")).GetProperty("choices")[0]];

        var text = string.Concat(choices.Select(choice => choice.GetProperty("text").GetString()));
        var logprobs = choices.Select(choice => choice.GetProperty("logprobs")).Where(lists => lists.ValueKind == JsonValueKind.Object).ToList();
        var tokens = logprobs.SelectMany(lists => lists.GetProperty("tokens").EnumerateArray()).Select(token => token.GetString()!).ToList();
        var offsets = logprobs.SelectMany(lists => lists.GetProperty("text_offset").EnumerateArray()).Select(offset => offset.GetInt32()).ToList();
        Assert.Equal(("ABCDE", "ABCDE"), (text, string.Concat(tokens)));
        Assert.All(tokens.Zip(offsets), pair => Assert.Equal(pair.First, text.Substring(pair.Second, pair.First.Length)));
        Assert.Equal(JsonValueKind.Null, logprobs[0].GetProperty("token_logprobs")[0].ValueKind);
        Assert.Equal("ABC", (await Server.AskAsync(Completions, """{"prompt": "ABC", "echo": true, "max_tokens": 0, "logprobs": 0}""")).GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("", -1)]
    [InlineData(", \"logprobs\": false", -1)]
    [InlineData(", \"top_logprobs\": null", -1)]
    [InlineData(", \"logprobs\": true", 0)]
    [InlineData(", \"logprobs\": true, \"top_logprobs\": 0", 0)]
    [InlineData(", \"logprobs\": true, \"top_logprobs\": 5", 5)]
    public async Task Point05_ChatLogprobs_HaveAsManyAlternativesAsAskedFor(string fields, int alternatives)
    {
        var answer = await Server.AskAsync(Chat, $$"""{{{Hi}}, "max_tokens": 2{{fields}}}""");

        OpenAiSchemas.AssertValid("CreateChatCompletionResponse", answer);
        var logprobs = answer.GetProperty("choices")[0].GetProperty("logprobs");
        Assert.Equal(alternatives < 0, logprobs.ValueKind == JsonValueKind.Null);
        if (alternatives >= 0)
        {
            Assert.All(logprobs.GetProperty("content").EnumerateArray(), token => Assert.Equal(alternatives, token.GetProperty("top_logprobs").GetArrayLength()));
        }
    }

    [Theory]
    [InlineData("\"logprobs\": true, \"top_logprobs\": 21")]
    [InlineData("\"top_logprobs\": 5")]
    public async Task Point05_WrongTopLogprobs_AreRefused(string fields) => await RefusedAsync(Chat, $"{{{Hi}, {fields}}}", "top_logprobs");

    [Theory]
    [InlineData("[\"FG\", \"E\"]", "", "BCD", "\"E\"")]
    [InlineData("[\"EFG\", \"EF\", \"F\"]", "", "BCD", "\"EF\"")]
    [InlineData("\"DEF\"", ", \"include_stop_str_in_output\": true", "BCDEF", "\"DEF\"")]
    [InlineData("[\"B\", \"F\"]", ", \"min_tokens\": 3", "BCDE", "\"F\"")]
    public async Task Point06_StopStrings_EarliestCompleteOneWins(string stop, string more, string text, string reason)
    {
        var answer = await Server.AskAsync(Completions, $$"""{"prompt": "A", "temperature": 0, "logprobs": 0, "stop": {{stop}}{{more}}}""");

        var choice = answer.GetProperty("choices")[0];
        Assert.Equal((text, reason), (choice.GetProperty("text").GetString(), choice.GetProperty("stop_reason").GetRawText()));
        Assert.Equal(text, string.Concat(choice.GetProperty("logprobs").GetProperty("tokens").EnumerateArray().Select(token => token.GetString())));
    }

    [Fact]
    public async Task Point06_StopTokenIds_JoinTheModelsOwn()
    {
        var id = Alphabet.IdOf('D');

        var stopped = await Server.AskAsync(Completions, $$"""{"prompt": "A", "temperature": 0, "stop_token_ids": [{{id}}, {{id}}]}""");
        var ended = await Server.AskAsync(Completions, $$"""{"prompt": "x", "temperature": 0, "stop_token_ids": [{{id}}]}""");

        Assert.Equal($"{id}", stopped.GetProperty("choices")[0].GetProperty("stop_reason").GetRawText());
        Assert.Equal(("yz", "null"), (ended.GetProperty("choices")[0].GetProperty("text").GetString(), ended.GetProperty("choices")[0].GetProperty("stop_reason").GetRawText()));
        await RefusedAsync(Completions, """{"prompt": "A", "stop": [""]}""", "stop");
    }

    [Theory]
    [InlineData("\"max_tokens\": 2, \"min_tokens\": 3", "min_tokens", "")]
    [InlineData("\"seed\": 9223372036854775808", "seed", "")]
    [InlineData("\"temperature\": 2.1", "temperature", "")]
    [InlineData("\"temperature\": NaN", null, "")]
    [InlineData("\"top_p\": 0", "top_p", "")]
    [InlineData("\"presence_penalty\": -2.1", "presence_penalty", "")]
    [InlineData("\"repetition_penalty\": 0", "repetition_penalty", "")]
    [InlineData("\"min_p\": 1.1", "min_p", "")]
    [InlineData("\"top_k\": -2", "top_k", "")]
    [InlineData("\"logit_bias\": {\"600\": 1}", "logit_bias", "600|512")]
    [InlineData("\"logit_bias\": {\"x\": 1, \"7\": 1, \"y\": 1}", "logit_bias", "x|y")]
    [InlineData("\"prompt\": [512]", "prompt", "512")]
    [InlineData("\"prompt\": [-1]", "prompt", "-1")]
    [InlineData("\"prompt\": \"\"", "prompt", "")]
    public async Task Point07_OutOfBounds_IsRefused(string field, string? param, string named)
    {
        var prompt = field.Contains("prompt", StringComparison.Ordinal) ? "" : "\"prompt\": \"A\", ";

        var error = await RefusedAsync(Completions, $"{{{prompt}{field}}}", param);

        Assert.All(named.Split('|'), part => Assert.Contains(part, error.GetProperty("message").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Point07_TooManyPrompts_AreRefused() =>
        await RefusedAsync(Completions, $"{{\"prompt\": [{string.Join(',', Enumerable.Repeat("\"A\"", 1025))}]}}", "prompt");

    [Fact]
    public async Task Point07_TopKOff_AndBiasBeyondTheRange_AreTaken()
    {
        await Server.AskAsync(Completions, """{"prompt": "A", "max_tokens": 1, "top_k": -1}""");
        await Server.AskAsync(Completions, """{"prompt": "A", "max_tokens": 1, "top_k": 0, "logit_bias": {"7": 1000}}""");
    }

    [Theory]
    [InlineData("", "KTU")]
    [InlineData(", \"truncation_side\": \"left\"", "KTU")]
    [InlineData(", \"truncation_side\": \"right\"", "AKL")]
    public async Task Point08_Truncation_KeepsTheEndOrTheBeginning(string side, string text)
    {
        var prompt = string.Join(',', new[] { 'A', 'K', 'T' }.Select(Alphabet.IdOf));

        var answer = await Server.AskAsync(Completions, $$"""{"prompt": [{{prompt}}], "truncate_prompt_tokens": 2{{side}}, "echo": true, "max_tokens": 1, "temperature": 0}""");

        Assert.Equal(text, answer.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Point08_Suffix_NeedsAModelThatFillsIn() => await RefusedAsync(Completions, """{"prompt": "A", "suffix": "B"}""", "suffix");

    [Fact]
    public async Task Point09_Errors_AreShortObjectsOfTheSpecification()
    {
        foreach (var body in new[] { "[]", "5", "\"a\"", "{" })
        {
            using var response = await Server.PostAsync(Completions, body);
            var error = await ErrorTests.AssertErrorAsync(response, 400);
            OpenAiSchemas.AssertValid("Error", error);
        }

        using var deep = await Server.PostAsync(Completions, "{\"prompt\": " + string.Concat(Enumerable.Repeat("[", 5000)));
        await ErrorTests.AssertErrorAsync(deep, 400, "prompt");

        using var wrongType = new StringContent("""{"prompt": "a"}""", Encoding.UTF8, "text/plain");
        using var refused = await Server.Client.PostAsync(Completions, wrongType, TestContext.Current.CancellationToken);
        await ErrorTests.AssertErrorAsync(refused, 415);
    }

    [Fact]
    public async Task Point10_FailureInTheMiddle_IsAnEventAndThenDone()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        // Greedy, for a first token that has text: the headers come with it.
        var request = server.PostAsync(Chat, $$"""{{{Hi}}, "stream": true, "temperature": 0}""", HttpCompletionOption.ResponseHeadersRead);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        server.Executor.ReleaseOne();

        using var response = await request;
        server.Executor.FailWith = _ => new InvalidOperationException("/secret/path at 0x1234");
        server.Executor.Release();
        var events = RunningServer.Events(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        var error = events[^1].GetProperty("error");
        OpenAiSchemas.AssertValid("Error", error);
        Assert.DoesNotContain("secret", error.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"tools\": []", "tools")]
    [InlineData("\"tool_choice\": \"auto\"", "tool_choice")]
    [InlineData("\"tool_choice\": \"required\"", "tool_choice")]
    [InlineData(Weather + ", \"tool_choice\": \"sometimes\"", "tool_choice")]
    [InlineData(Weather + ", \"tool_choice\": {}", "tool_choice")]
    [InlineData(Weather + ", \"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"other\"}}", "tool_choice")]
    public async Task Point11_WrongTools_AreRefused(string fields, string param) => await RefusedAsync(Chat, $"{{{Hi}, {fields}}}", param);

    [Fact]
    public async Task Point11_NoCalls_HaveNoKey()
    {
        var answer = await Server.AskAsync(Chat, $"{{{Hi}, {Weather}, \"max_tokens\": 2}}");

        Assert.False(answer.GetProperty("choices")[0].GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task Point11_CutOffBeforeACall_IsLength()
    {
        await using var server = await Parrot.StartAsync("<tool_call>{\"name\": \"weather\"}</tool_call>", ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });

        var choice = (await server.AskAsync(Chat, $"{{{Hi}, {Weather}, \"max_tokens\": 1, \"temperature\": 0}}")).GetProperty("choices")[0];

        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.False(choice.GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task Point13_ManyAborted_LeaveNothingBehind()
    {
        await using var server = await RunningServer.StartAsync(executor: Alphabet.Executor(maxModelLength: 4096));
        using var abort = new CancellationTokenSource();
        var running = Enumerable.Range(0, 200).Select(_ => server.Client.PostAsync(
            Completions, new StringContent("""{"prompt": "A", "max_tokens": 4000, "ignore_eos": true}""", null, "application/json"), abort.Token)).ToList();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (server.Engine.Status.Running == 0)
        {
            await Task.Delay(5, limit.Token);
        }

        await abort.CancelAsync();
        foreach (var request in running)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }

        await server.AskAsync(Completions, """{"prompt": "A", "max_tokens": 1}""");
        await server.IdleAsync();
    }

    [Fact]
    public async Task Point14_Load_CountsThoseInFlight()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        var running = server.PostAsync(Completions, """{"prompt": "A", "max_tokens": 1}""");
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        var loaded = await server.Client.GetStringAsync("/load", TestContext.Current.CancellationToken);
        server.Executor.Release();
        using var response = await running;
        await server.IdleAsync();

        Assert.Equal("""{"server_load":1}""", loaded);
    }

    [Fact]
    public async Task Point15_Tokenize_AndBack()
    {
        var tokens = await Server.AskAsync("/tokenize", """{"prompt": "A<|im_end|>", "return_token_strs": true}""");
        var text = await Server.AskAsync("/detokenize", $$"""{"tokens": {{tokens.GetProperty("tokens").GetRawText()}}}""");
        var chat = await Server.AskAsync("/tokenize", $$"""{{{Hi}}}""");

        Assert.Equal($"[{Alphabet.IdOf('A')},{Alphabet.EosTokenId}]", tokens.GetProperty("tokens").GetRawText());
        Assert.Equal((2, 256), (tokens.GetProperty("count").GetInt32(), tokens.GetProperty("max_model_len").GetInt32()));
        Assert.Equal("""["A","<|im_end|>"]""", tokens.GetProperty("token_strs").GetRawText());
        Assert.Equal("A<|im_end|>", text.GetProperty("prompt").GetString());
        Assert.Equal(Alphabet.Tokenizer.Encode("user: hi\nassistant: ").Length, chat.GetProperty("count").GetInt32());
        Assert.Equal(JsonValueKind.Null, chat.GetProperty("token_strs").ValueKind);
    }

    [Theory]
    [InlineData("/tokenize", "{}", "prompt")]
    [InlineData("/tokenize", "{\"prompt\": \"a\", \"messages\": []}", "prompt")]
    [InlineData("/tokenize", "{\"prompt\": \"a\", \"model\": \"nope\"}", "model")]
    [InlineData("/detokenize", "{}", "tokens")]
    [InlineData("/detokenize", "{\"tokens\": [512]}", "tokens")]
    public async Task Point15_WrongTokenize_IsRefused(string path, string body, string param)
    {
        using var response = await Server.PostAsync(path, body);

        await ErrorTests.AssertErrorAsync(response, param == "model" ? 404 : 400, param);
    }

    private async Task<JsonElement> RefusedAsync(string path, string body, string? param)
    {
        using var response = await Server.PostAsync(path, body);
        return await ErrorTests.AssertErrorAsync(response, 400, param);
    }
}
