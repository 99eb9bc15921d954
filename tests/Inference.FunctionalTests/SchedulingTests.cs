using System.Net;
using System.Text.Json;
using Inference.Engine.Scheduling;

namespace Inference.FunctionalTests;

/// <summary>What requests and options ask of the scheduler, over HTTP.</summary>
public sealed class SchedulingTests
{
    private const string Completions = "/v1/completions";

    [Theory]
    [InlineData("\"deadline\": 0.001", null)]
    [InlineData("\"deadline\": 60", "1")]
    [InlineData("\"deadline\": 0.001", "60000")]
    [InlineData("\"n\": 1", "1")]
    public async Task Deadline_PassesInTheQueue_Is504(string field, string? header)
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxNumSeqs = 1 });
        server.Executor.Hold();
        var first = server.AskAsync(Completions, """{"prompt": "Z", "max_tokens": 200, "temperature": 0}""");
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, Completions);
        request.Content = new StringContent($$"""{"prompt": "a", "max_tokens": 2, {{field}}}""", System.Text.Encoding.UTF8, "application/json");
        if (header is not null)
            request.Headers.Add("X-Request-Deadline-Ms", header);
        var late = server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        while (!late.IsCompleted)
        {
            // One step after another: the first one keeps the only place until the other's deadline has passed.
            server.Executor.ReleaseOne();
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        server.Executor.Release();
        await first;
        using var response = await late;

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"deadline_exceeded\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("86400001")]
    [InlineData("soon")]
    public async Task DeadlineHeader_NoNumberOfMilliseconds_Is400(string value)
    {
        await using var server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = new StringContent("""{"messages": [{"role": "user", "content": "a"}]}""", System.Text.Encoding.UTF8, "application/json");
        request.Headers.Add("X-Request-Deadline-Ms", value);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"param\":\"X-Request-Deadline-Ms\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RateLimit_PerKey_Is429WithRetryAfterAndOthersGoOn()
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["k1", "k2"], RateLimitRequests = 2 });
        async Task<HttpResponseMessage> AskAsync(string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Completions);
            request.Headers.Authorization = new("Bearer", key);
            request.Content = new StringContent("""{"prompt": "a", "max_tokens": 1}""", System.Text.Encoding.UTF8, "application/json");
            return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        Assert.Equal(HttpStatusCode.OK, (await AskAsync("k1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("k1")).StatusCode);
        var refused = await AskAsync("k1");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("k2")).StatusCode);
    }

    [Fact]
    public async Task RateLimit_PromptTokens_Is429WhenTheBucketIsEmpty()
    {
        await using var server = await RunningServer.StartAsync(options => options with { RateLimitTokens = 10 });
        using var taken = await server.PostAsync(Completions, """{"prompt": "abcdefghijklmnopqrstuvw xyz", "max_tokens": 1}""");
        using var refused = await server.PostAsync(Completions, """{"prompt": "abcdefghijkl", "max_tokens": 1}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (taken.StatusCode, refused.StatusCode));
    }

    [Fact]
    public async Task Choices_OfOnePrompt_ShareIt()
    {
        await using var server = await RunningServer.StartAsync();
        var prompt = string.Concat(Enumerable.Repeat("abcdefgh", 10));
        var answer = await server.AskAsync(Completions, $$"""{"prompt": "{{prompt}}", "n": 3, "max_tokens": 3, "temperature": 0}""");

        Assert.Equal(3, answer.GetProperty("choices").GetArrayLength());
        Assert.Single(answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()).Distinct());
        var length = Alphabet.Tokenizer.Encode(prompt).Length;
        var computed = server.Executor.Plans.Sum(plan => plan.TokenIds.Length);
        // The prompt once, its last token by each of the others, and what follows each choice's first token.
        Assert.Equal(length + 2 + (3 * 2), computed);
        await server.IdleAsync();
    }

    [Fact]
    public async Task BestOf_MoreThanN_AnswersTheLikeliestAndCountsAll()
    {
        await using var server = await RunningServer.StartAsync();
        async Task<JsonElement> AskAsync(string fields) =>
            await server.AskAsync(Completions, $$"""{"prompt": "ab", "max_tokens": 4, "temperature": 2, "seed": 5, "ignore_eos": true, {{fields}}}""");

        var all = (await AskAsync("\"n\": 6, \"logprobs\": 0")).GetProperty("choices").EnumerateArray().Select(choice => (
            Text: choice.GetProperty("text").GetString(),
            Mean: choice.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Average(value => value.GetDouble()))).ToList();
        var best = await AskAsync("\"n\": 2, \"best_of\": 6");

        var expected = all.OrderByDescending(choice => choice.Mean).Take(2).Select(choice => choice.Text);
        Assert.Equal(expected, best.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()));
        Assert.Equal(JsonValueKind.Null, best.GetProperty("choices")[0].GetProperty("logprobs").ValueKind);
        Assert.Equal(24, best.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.True(all.Select(choice => choice.Text).Distinct().Count() > 2);
    }

    [Fact]
    public async Task DebugEngine_AskedFor_TellsTheLatestSteps()
    {
        await using var server = await RunningServer.StartAsync(options => options with { EnableDebugEndpoints = true });
        await server.AskAsync(Completions, """{"prompt": "a", "max_tokens": 3, "temperature": 0}""");

        var report = JsonElement.Parse(await server.Client.GetStringAsync("/debug/engine", TestContext.Current.CancellationToken));

        var steps = report.GetProperty("steps").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2], steps.Select(step => step.GetProperty("step_index").GetInt32()));
        Assert.Equal(1, steps[2].GetProperty("sequences")[0].GetProperty("token_count").GetInt32());
        Assert.Equal(512, report.GetProperty("status").GetProperty("blocks_total").GetInt32());
    }

    [Fact]
    public async Task DebugEngine_NotAskedFor_IsNotThere()
    {
        await using var server = await RunningServer.StartAsync();
        using var response = await server.Client.GetAsync("/debug/engine", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData(BatchingMode.Dynamic, CacheAllocation.Contiguous, PrefillMode.Exclusive)]
    [InlineData(BatchingMode.Dynamic, CacheAllocation.Paged, PrefillMode.Chunked)]
    [InlineData(BatchingMode.Rolling, CacheAllocation.Contiguous, PrefillMode.Exclusive)]
    public async Task EveryMode_ManyRequests_AnswersThem(BatchingMode batching, CacheAllocation allocation, PrefillMode prefill)
    {
        await using var server = await RunningServer.StartAsync(options => options with
        {
            Batching = batching,
            Allocation = allocation,
            Prefill = prefill,
            MaxBatchDelay = TimeSpan.FromMilliseconds(5),
        });
        var answers = await Task.WhenAll(Enumerable.Range(0, 9).Select(i =>
            server.AskAsync(Completions, $$"""{"prompt": "{{(char)('a' + i)}}", "max_tokens": {{1 + i}}, "temperature": 0}""")));

        for (var i = 0; i < answers.Length; i++)
        {
            var expected = string.Concat(Enumerable.Range(1, i + 1).Select(step => (char)('a' + i + step)));
            Assert.Equal(expected, answers[i].GetProperty("choices")[0].GetProperty("text").GetString());
        }

        await server.IdleAsync();
    }
}
