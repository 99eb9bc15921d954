using System.Buffers.Binary;
using System.Text.Json;
using Inference.FunctionalTests.OpenApi;

namespace Inference.FunctionalTests.Conformance;

/// <summary>
/// What the tests of llama.cpp's server pin about serving text, one test for each point. Where OpenAI's specification says otherwise, it stands.
/// </summary>
public sealed class LlamaServerConformanceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Completions = "/v1/completions";
    private const string Chat = "/v1/chat/completions";
    private const string Hi = "\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]";

    private RunningServer Server => shared.Server;

    [Fact]
    public async Task Point01_StreamedText_IsTheWholeTextAndSeedsRepeat()
    {
        const string sampled = "\"prompt\": \"A\", \"temperature\": 1.9, \"max_tokens\": 24";

        var first = Text(await Server.AskAsync(Completions, $"{{{sampled}, \"seed\": 7}}"));
        var again = Text(await Server.AskAsync(Completions, $"{{{sampled}, \"seed\": 7}}"));
        var streamed = StreamedText(await Server.StreamAsync(Completions, $"{{{sampled}, \"seed\": 7, \"stream\": true}}"));
        var other = Text(await Server.AskAsync(Completions, $"{{{sampled}, \"seed\": 8}}"));
        var crowd = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Server.AskAsync(Completions, $"{{{sampled}, \"seed\": 7}}")));

        Assert.Equal((first, first), (again, streamed));
        Assert.NotEqual(first, other);
        Assert.All(crowd, answer => Assert.Equal(first, Text(answer)));
    }

    [Fact]
    public async Task Point02_ChatStream_HasOneRoleOneIdAndAUsageChunkAtTheEnd()
    {
        var events = await Server.StreamAsync(Chat, $$"""{{{Hi}}, "temperature": 0, "max_tokens": 4, "stream": true, "stream_options": {"include_usage": true} }""");

        Assert.All(events, e => OpenAiSchemas.AssertValid("CreateChatCompletionStreamResponse", e));
        Assert.Single(events.Select(e => (e.GetProperty("id").GetString(), e.GetProperty("model").GetString())).Distinct());
        var first = events[0].GetProperty("choices")[0].GetProperty("delta");
        Assert.Equal(("assistant", ""), (first.GetProperty("role").GetString(), first.GetProperty("content").GetString() ?? ""));
        Assert.All(events.Skip(1).SkipLast(1), e => Assert.False(e.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("role", out _)));
        var last = events[^2].GetProperty("choices")[0];
        Assert.False(last.GetProperty("delta").TryGetProperty("content", out _));
        Assert.Equal("length", last.GetProperty("finish_reason").GetString());
        Assert.Equal(0, events[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(4, events[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.All(events.SkipLast(1), e => Assert.Equal(JsonValueKind.Null, e.GetProperty("usage").ValueKind));
    }

    [Fact]
    public async Task Point03_CompletionStream_LeaksNoStopTextAndSendsNoEmptyPieces()
    {
        var events = await Server.StreamAsync(Completions, """{"prompt": "A", "temperature": 0, "stop": ["GHIX", "GHIJ"], "max_tokens": 20, "logprobs": 1, "stream": true}""");

        Assert.Equal("BCDEF", StreamedText(events));
        Assert.All(events.SkipLast(1), e => Assert.NotEqual("", e.GetProperty("choices")[0].GetProperty("text").GetString()));
        Assert.Equal("BCDEF", string.Concat(events.Select(e => e.GetProperty("choices")[0].GetProperty("logprobs"))
            .Where(logprobs => logprobs.ValueKind == JsonValueKind.Object)
            .SelectMany(logprobs => logprobs.GetProperty("tokens").EnumerateArray()).Select(token => token.GetString())));
    }

    [Fact]
    public async Task Point04_Prompt_TakesEveryForm()
    {
        var (a, k) = (Alphabet.IdOf('A'), Alphabet.IdOf('K'));

        async Task<string[]> TextsAsync(string prompt) =>
            [.. (await Server.AskAsync(Completions, $$"""{"prompt": {{prompt}}, "max_tokens": 2, "temperature": 0}""")).GetProperty("choices").EnumerateArray().Select(
                choice => choice.GetProperty("text").GetString()!)];

        Assert.Equal(["BC"], await TextsAsync("\"A\""));
        Assert.Equal(["LM"], await TextsAsync($"[{a}, {k}]"));
        Assert.Equal(["BC", "LM"], await TextsAsync($"[[{k}, {a}], [{k}]]"));
        Assert.Equal(["BC", "LM"], await TextsAsync($"[\"A\", [{k}]]"));
        Assert.Equal(["LM"], await TextsAsync($"[{a}, \"A\", {k}]"));
        Assert.Equal(["BC", "BC"], await TextsAsync("[\"A\", \"A\"]"));
    }

    [Fact]
    public async Task Point05_CachedTokens_AreThoseOfWholeBlocks()
    {
        var prompt = string.Join(',', Enumerable.Range(0, 77).Select(i => 100 + i));
        var longer = string.Join(',', Enumerable.Range(0, 51).Select(i => 100 + i).Concat(Enumerable.Range(0, 30).Select(i => 300 + i)));

        async Task<int> CachedAsync(string ids) =>
            (await Server.AskAsync(Completions, $$"""{"prompt": [{{ids}}], "max_tokens": 1, "cache_salt": "5"}""")).GetProperty("usage")
                .GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32();

        Assert.Equal(0, await CachedAsync(prompt));
        Assert.Equal(64, await CachedAsync(prompt));
        Assert.Equal(48, await CachedAsync(longer));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Point06_TooLongPrompt_IsAPlain400WithTheSizes(string stream)
    {
        using var response = await Server.PostAsync(Completions, $$"""{"prompt": "{{new string('~', 300)}}", "stream": {{stream}}}""");

        var error = await ErrorTests.AssertErrorAsync(response, 400, "prompt", "context_length_exceeded");
        Assert.Equal(256, error.GetProperty("n_ctx").GetInt32());
        Assert.True(error.GetProperty("n_prompt_tokens").GetInt32() >= 256);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"hi\"")]
    [InlineData("[123]")]
    [InlineData("[{}]")]
    [InlineData("[{\"role\": 123, \"content\": \"a\"}]")]
    [InlineData("[{\"role\": \"user\", \"content\": 123}]")]
    public async Task Point07_BadMessages_Are400(string messages)
    {
        using var response = await Server.PostAsync(Chat, $$"""{"messages": {{messages}}}""");

        Assert.Equal(400, (int)response.StatusCode);
        OpenAiSchemas.AssertValid("ErrorResponse", JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("\"response_format\": {\"type\": \"sound\"}", "response_format")]
    [InlineData("\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a\", \"schema\": 123}}", "response_format")]
    [InlineData("\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a\", \"schema\": {\"type\": \"hiccup\"}}}", "response_format")]
    [InlineData("\"structured_outputs\": {\"grammar\": \"root ::= (\"}", "structured_outputs")]
    public async Task Point07_BadFormat_Is400(string field, string param)
    {
        using var response = await Server.PostAsync(Chat, $"{{{Hi}, {field}}}");

        await ErrorTests.AssertErrorAsync(response, 400, param);
    }

    [Fact]
    public async Task Point08_ChatLogprobs_SpellTheContentStreamedOrNot()
    {
        var body = $$"""{{{Hi}}, "temperature": 0, "max_tokens": 12, "logprobs": true, "top_logprobs": 2, "stop": "gh" """;

        var whole = await Server.AskAsync(Chat, body + "}");
        var events = await Server.StreamAsync(Chat, body + ", \"stream\": true}");

        OpenAiSchemas.AssertValid("CreateChatCompletionResponse", whole);
        var tokens = whole.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray().ToList();
        Assert.Equal("abcdef", string.Concat(tokens.Select(token => token.GetProperty("token").GetString())));
        Assert.Equal("abcdef", whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.All(tokens, token => Assert.True(token.GetProperty("logprob").GetDouble() <= 0 && token.GetProperty("bytes").GetArrayLength() == 1));
        var streamed = events.Select(e => e.GetProperty("choices")[0].GetProperty("logprobs")).Where(logprobs => logprobs.ValueKind == JsonValueKind.Object)
            .SelectMany(logprobs => logprobs.GetProperty("content").EnumerateArray());
        Assert.Equal(tokens.Select(token => token.GetRawText()), streamed.Select(token => token.GetRawText()));
    }

    [Theory]
    [InlineData("{\"ID\": -100}")]
    [InlineData("[[ID, -100]]")]
    public async Task Point09_LogitBias_BansATokenInEveryForm(string bias)
    {
        var banned = $"{Alphabet.IdOf('b')}";

        var answer = await Server.AskAsync(
            Completions, $$"""{"prompt": "a", "max_tokens": 64, "temperature": 1, "ignore_eos": true, "logit_bias": {{bias.Replace("ID", banned, StringComparison.Ordinal)}}, "return_token_ids": true}""");

        Assert.DoesNotContain(banned, answer.GetProperty("choices")[0].GetProperty("token_ids").EnumerateArray().Select(id => id.GetRawText()));
    }

    [Fact]
    public async Task Point10_ClientGoesAway_RequestIsFreed()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        using var abort = new CancellationTokenSource();
        var request = server.Client.PostAsync(Completions, new StringContent("""{"prompt": "A"}""", null, "application/json"), abort.Token);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        await abort.CancelAsync();
        server.Executor.Release();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await server.IdleAsync();
    }

    [Fact]
    public async Task Point11_SeveralChoices_AnswerAlsoOneAtATime()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxNumSeqs = 1 });

        var answer = await server.AskAsync(Chat, $$"""{{{Hi}}, "n": 2, "max_tokens": 5, "temperature": 0}""");

        Assert.Equal(["abcde", "abcde"], answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Point11_ContinueAndGenerationPrompt_CannotBothBe()
    {
        using var response = await Server.PostAsync(
            Chat, """{"messages": [{"role": "assistant", "content": "a"}], "continue_final_message": true, "add_generation_prompt": true}""");

        await ErrorTests.AssertErrorAsync(response, 400, "continue_final_message");
    }

    [Fact]
    public async Task Point12_Keys_AreTakenInEitherHeader()
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["key-1"] });

        async Task<HttpResponseMessage> GetAsync(string path, string? header = null, string? value = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation(header, value);
            }

            return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        var missing = await ErrorTests.AssertErrorAsync(await GetAsync("/v1/models"), 401);
        Assert.Equal("authentication_error", missing.GetProperty("type").GetString());
        await ErrorTests.AssertErrorAsync(await GetAsync("/v1/models", "X-Api-Key", "wrong"), 401);
        Assert.Equal(200, (int)(await GetAsync("/v1/models", "X-Api-Key", "key-1")).StatusCode);
        Assert.Equal(200, (int)(await GetAsync("/v1/models", "Authorization", "Bearer key-1")).StatusCode);
        Assert.Equal(200, (int)(await GetAsync("/health")).StatusCode);
    }

    [Theory]
    [InlineData("https://a.example", true)]
    [InlineData("https://b.example", false)]
    public async Task Point12_Preflight_NamesAllowedOriginsAlone(string origin, bool isAllowed)
    {
        await using var server = await RunningServer.StartAsync(options => options with { AllowedOrigins = ["https://a.example"], ApiKeys = ["key-1"] });
        using var request = new HttpRequestMessage(HttpMethod.Options, Chat);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");

        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(isAllowed ? [origin] : [], response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values : []);
    }

    [Fact]
    public async Task Point13_EverySeries_HasHelpAndType()
    {
        await Server.AskAsync(Completions, """{"prompt": "A", "max_tokens": 1}""");

        var metrics = await Server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        var lines = metrics.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var helped = lines.Where(line => line.StartsWith("# HELP ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToHashSet();
        var typed = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToHashSet();
        var series = lines.Where(line => line[0] != '#').Select(line => line.Split('{', ' ')[0]).Distinct().ToList();
        Assert.Equal(helped, typed);
        Assert.NotEmpty(series);
        Assert.All(series, name => Assert.Contains(typed, family => name == family || (name.StartsWith(family, StringComparison.Ordinal) && name[family.Length..] is "_bucket" or "_sum" or "_count")));
    }

    [Fact]
    public async Task Point13_CachedTokens_AreNotCountedAsComputed()
    {
        await using var server = await RunningServer.StartAsync();
        var ids = string.Join(',', Enumerable.Range(0, 77).Select(i => 100 + i));
        var body = $$"""{"prompt": [{{ids}}], "max_tokens": 1}""";
        await server.AskAsync(Completions, body);
        await server.AskAsync(Completions, body);
        await server.IdleAsync();

        var metrics = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Contains("vllm:prefix_cache_hits_total{engine=\"0\",model_name=\"alphabet\"} 64\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Point13_Embeddings_CountPromptTokensAndGenerateNone()
    {
        await using var server = await EmbeddingServer.StartAsync();
        var answer = await server.AskAsync("/v1/embeddings", """{"input": ["a cat", "a dog"]}""");

        var metrics = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        var tokens = answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        Assert.Contains($"vllm:prompt_tokens_total{{engine=\"0\",model_name=\"all-minilm\"}} {tokens}\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(metrics.Split('\n'), line =>
            line.StartsWith("vllm:generation_tokens_total", StringComparison.Ordinal) && line.Contains("all-minilm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Point13_Metrics_CountExactlyAndReturnToZero()
    {
        await using var server = await RunningServer.StartAsync();
        await server.AskAsync(Completions, """{"prompt": "w", "temperature": 0}""");
        await server.AskAsync(Completions, """{"prompt": "A", "max_tokens": 1}""");
        await server.IdleAsync();

        var metrics = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Contains("vllm:generation_tokens_total{engine=\"0\",model_name=\"alphabet\"} 5\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:prompt_tokens_total{engine=\"0\",model_name=\"alphabet\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:num_requests_running{engine=\"0\",model_name=\"alphabet\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Point14_Embeddings_AreNormalisedAndInOrderInEveryForm()
    {
        await using var server = await EmbeddingServer.StartAsync();
        var mixed = await server.AskAsync("/v1/embeddings", """{"input": ["a dog", [1037, "cat"], ""]}""");
        var cat = EmbeddingServer.VectorsOf(await server.AskAsync("/v1/embeddings", """{"input": "a cat"}"""))[0];
        var base64 = await server.AskAsync("/v1/embeddings", """{"input": "a cat", "encoding_format": "base64"}""");

        var vectors = EmbeddingServer.VectorsOf(mixed);
        Assert.All(vectors, vector => Assert.Equal(1, vector.Sum(value => value * value), 1e-5f));
        Assert.Equal(cat, vectors[1]);
        Assert.Equal(mixed.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), mixed.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        var bytes = base64.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(cat, Enumerable.Range(0, cat.Length).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)))));

        await ErrorTests.AssertErrorAsync(await server.PostAsync("/v1/embeddings", """{"input": []}"""), 400, "input");
        var tooLong = string.Join(' ', Enumerable.Repeat("word", 300));
        var error = await ErrorTests.AssertErrorAsync(await server.PostAsync("/v1/embeddings", $$"""{"input": "{{tooLong}}"}"""), 400, "input");
        Assert.Contains("too large", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Point15_ResponseStream_HasItsEventsInOrder()
    {
        using var response = await Server.PostAsync("/v1/responses", """{"input": "hi", "temperature": 0, "stream": true}""");
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var events = body.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line["data: ".Length..])).ToList();
        string[] order =
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
            "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
        ];
        var types = events.Select(e => e.GetProperty("type").GetString()!).ToList();
        Assert.Equal(order, types.Where((type, i) => i == 0 || types[i - 1] != type));
        var id = Assert.Single(events.Where(e => e.TryGetProperty("response", out _)).Select(e => e.GetProperty("response").GetProperty("id").GetString()).Distinct());
        var item = Assert.Single(events.Where(e => e.TryGetProperty("item_id", out _)).Select(e => e.GetProperty("item_id").GetString()).Distinct());
        Assert.StartsWith("resp_", id, StringComparison.Ordinal);
        Assert.StartsWith("msg_", item, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Point15_IgnoreEos_GoesOnToItsLimit()
    {
        var answer = await Server.AskAsync(Completions, """{"prompt": "x", "ignore_eos": true, "max_tokens": 40, "temperature": 0}""");

        Assert.Equal("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(40, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Point15_ContextsEnd_IsLength()
    {
        var answer = await Server.AskAsync(Chat, $$"""{{{Hi}}, "ignore_eos": true, "temperature": 0}""");

        Assert.Equal("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(256, answer.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    private static string? Text(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("text").GetString();

    private static string StreamedText(IEnumerable<JsonElement> events) =>
        string.Concat(events.Select(e => e.GetProperty("choices")[0].GetProperty("text").GetString()));
}
