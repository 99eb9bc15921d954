using System.Net;
using System.Text.Json;
using Inference.FunctionalTests.OpenApi;
using Inference.Server.Parsing;
using Inference.Server.Responses;
using Inference.Server.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Inference.FunctionalTests;

/// <summary>/v1/responses against OpenAI's schemas: every answer, and every event of a stream.</summary>
public sealed class ResponsesTests
{
    private const string Path = "/v1/responses";

    private const string Tools = """
        "tools": [{"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}]
        """;

    private const string HermesCall = """Let me see.<tool_call>{"name": "weather", "arguments": {"city": "Graz"}}</tool_call>""";

    [Fact]
    public async Task Create_Text_IsAResponse()
    {
        await using var server = await RunningServer.StartAsync();

        var response = await server.AskAsync(Path, """
            {"input": "hi", "temperature": 0, "top_p": 0.9, "metadata": {"a": "b"}, "user": "u", "instructions": "Be brief.", "unknown": 1}
            """);

        OpenAiSchemas.AssertValid("Response", response);
        Assert.Equal(("completed", "abcdefghijklmnopqrstuvwxyz"), (response.GetProperty("status").GetString(), TextOf(response)));
        Assert.Equal((0, 0.9), (response.GetProperty("temperature").GetDouble(), response.GetProperty("top_p").GetDouble()));
        Assert.Equal(("b", "Be brief."), (response.GetProperty("metadata").GetProperty("a").GetString(), response.GetProperty("instructions").GetString()));
        var usage = response.GetProperty("usage");
        var prompt = Alphabet.Tokenizer.Encode("system: Be brief.\nuser: hi\nassistant: ").Length;
        Assert.Equal((prompt, 27), (usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32()));
    }

    [Fact]
    public async Task Create_TooFewTokens_IsIncomplete()
    {
        await using var server = await RunningServer.StartAsync();

        var response = await server.AskAsync(Path, """{"input": "hi", "temperature": 0, "max_output_tokens": 3}""");

        OpenAiSchemas.AssertValid("Response", response);
        Assert.Equal(("incomplete", "abc"), (response.GetProperty("status").GetString(), TextOf(response)));
        Assert.Equal("max_output_tokens", response.GetProperty("incomplete_details").GetProperty("reason").GetString());
        Assert.Equal("incomplete", response.GetProperty("output")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task Stream_Text_HasEveryEventInOrder()
    {
        await using var server = await RunningServer.StartAsync();

        var events = await StreamAsync(server, """{"input": "hi", "temperature": 0, "max_output_tokens": 4, "stream": true}""");

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.incomplete",
            ],
            Collapsed(events));
        Assert.Equal("abcd", Deltas(events, "response.output_text.delta"));
        Assert.Equal("abcd", events.Single(e => TypeOf(e) == "response.output_text.done").GetProperty("text").GetString());
        Assert.Equal("abcd", TextOf(events[^1].GetProperty("response")));
        Assert.Equal("in_progress", events[0].GetProperty("response").GetProperty("status").GetString());
        Assert.Single(events.Where(e => e.TryGetProperty("item_id", out _)).Select(e => e.GetProperty("item_id").GetString()).Distinct());
    }

    [Fact]
    public async Task Stream_ReasoningTextAndCall_AreItemsInOrder()
    {
        await using var server = await Parrot.StartAsync(
            $"<think>\nHm.\n</think>\n\n{HermesCall}", ChatTraits.None with { HasReasoning = true, Tools = ToolCallFormat.Named("hermes") });
        const string body = "\"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_text\", \"text\": \"Weather?\"}]}], \"temperature\": 0, " + Tools;

        var whole = await server.AskAsync(Path, $"{{{body}}}");
        var events = await StreamAsync(server, $"{{{body}, \"stream\": true}}");

        OpenAiSchemas.AssertValid("Response", whole);
        Assert.Equal(["reasoning", "message", "function_call"], whole.GetProperty("output").EnumerateArray().Select(TypeOf));
        Assert.Equal("Hm.", whole.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("{\"city\": \"Graz\"}", whole.GetProperty("output")[2].GetProperty("arguments").GetString());
        Assert.True(whole.GetProperty("usage").GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32() > 0);
        Assert.Equal(
            [
                "response.created", "response.in_progress",
                "response.output_item.added", "response.content_part.added", "response.reasoning_text.delta", "response.reasoning_text.done",
                "response.content_part.done", "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done",
                "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done",
                "response.completed",
            ],
            Collapsed(events));
        Assert.Equal("Let me see.", Deltas(events, "response.output_text.delta"));
        Assert.Equal("{\"city\": \"Graz\"}", Deltas(events, "response.function_call_arguments.delta"));
        Assert.Equal([0, 1, 2], events.Where(e => TypeOf(e) == "response.output_item.done").Select(e => e.GetProperty("output_index").GetInt32()));
    }

    [Fact]
    public async Task Create_Logprobs_AreOfTheText()
    {
        await using var server = await RunningServer.StartAsync();
        const string body = "\"input\": \"hi\", \"temperature\": 0, \"max_output_tokens\": 3, \"include\": [\"message.output_text.logprobs\"], \"top_logprobs\": 2";

        var whole = await server.AskAsync(Path, $"{{{body}}}");
        var events = await StreamAsync(server, $"{{{body}, \"stream\": true}}");

        OpenAiSchemas.AssertValid("Response", whole);
        var logprobs = whole.GetProperty("output")[0].GetProperty("content")[0].GetProperty("logprobs");
        Assert.Equal(["a", "b", "c"], logprobs.EnumerateArray().Select(token => token.GetProperty("token").GetString()));
        Assert.All(logprobs.EnumerateArray(), token => Assert.Equal(2, token.GetProperty("top_logprobs").GetArrayLength()));
        Assert.Equal(3, events.Where(e => TypeOf(e) == "response.output_text.delta").Sum(e => e.GetProperty("logprobs").GetArrayLength()));
    }

    [Fact]
    public async Task Create_JsonSchema_HoldsTheAnswerToIt()
    {
        await using var server = await RunningServer.StartAsync();

        var response = await server.AskAsync(Path, """
            {"input": "hi", "text": {"format": {"type": "json_schema", "name": "n", "strict": true, "schema":
              {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1, "maximum": 9}}, "required": ["n"], "additionalProperties": false}}}}
            """);

        OpenAiSchemas.AssertValid("Response", response);
        Assert.InRange(JsonElement.Parse(TextOf(response)!).GetProperty("n").GetInt32(), 1, 9);
    }

    [Theory]
    [InlineData("\"required\"")]
    [InlineData("{\"type\": \"function\", \"name\": \"weather\"}")]
    [InlineData("{\"type\": \"allowed_tools\", \"mode\": \"required\", \"tools\": [{\"type\": \"function\", \"name\": \"weather\"}]}")]
    public async Task Create_ForcedCall_IsOne(string choice)
    {
        await using var server = await RunningServer.StartAsync(executor: Alphabet.Executor(maxModelLength: 2048));
        var tools = Tools.Replace("\"type\": \"string\"", "\"type\": \"string\", \"maxLength\": 4", StringComparison.Ordinal);

        var response = await server.AskAsync(Path, $"{{\"input\": \"hi\", {tools}, \"tool_choice\": {choice}, \"parallel_tool_calls\": false}}");

        OpenAiSchemas.AssertValid("Response", response);
        Assert.Equal("weather", Assert.Single(response.GetProperty("output").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Create_PreviousResponse_GoesOnWithItsConversation()
    {
        await using var server = await Parrot.StartAsync(HermesCall, ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });

        var first = await server.AskAsync(Path, $"{{\"input\": \"Weather?\", \"instructions\": \"old\", \"temperature\": 0, {Tools}}}");
        var call = first.GetProperty("output")[1];
        var id = first.GetProperty("id").GetString();
        var second = await server.AskAsync(Path, $$"""
            {"previous_response_id": "{{id}}", "instructions": "new", "temperature": 0, {{Tools}}, "input": [
              {"type": "function_call_output", "call_id": "{{call.GetProperty("call_id").GetString()}}", "output": "Rain."}, {"role": "user", "content": "So?"}]}
            """);
        var items = await GetAsync(server, $"{Path}/{second.GetProperty("id").GetString()}/input_items?order=asc");

        Assert.Equal(id, second.GetProperty("previous_response_id").GetString());
        var prompt = Prompt(server);
        Assert.DoesNotContain("old", prompt[prompt.IndexOf("new\"", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("\"content\": \"Let me see.\"", prompt, StringComparison.Ordinal);
        Assert.Contains("Rain.", prompt, StringComparison.Ordinal);
        OpenAiSchemas.AssertValid("ResponseItemList", items);
        Assert.Equal(
            ["message", "message", "function_call", "function_call_output", "message"], items.GetProperty("data").EnumerateArray().Select(TypeOf));
    }

    [Fact]
    public async Task Create_ItemReference_IsTheItem()
    {
        await using var server = await RunningServer.StartAsync();
        var first = await server.AskAsync(Path, """{"input": "hi", "temperature": 0, "max_output_tokens": 3}""");

        var second = await server.AskAsync(Path, $$"""
            {"input": [{"role": "user", "content": "hi"}, {"type": "item_reference", "id": "{{first.GetProperty("output")[0].GetProperty("id").GetString()}}"},
              {"role": "user", "content": "go"}], "temperature": 0, "max_output_tokens": 1}
            """);

        Assert.Equal(
            Alphabet.Tokenizer.Encode("user: hi\nassistant: abc\nuser: go\nassistant: ").Length, second.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task Stored_Response_CanBeFetchedAndDeleted()
    {
        await using var server = await RunningServer.StartAsync();
        var events = await StreamAsync(server, """{"input": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}, {"role": "user", "content": "c"}], "temperature": 0, "max_output_tokens": 2, "stream": true}""");
        var created = events[^1].GetProperty("response");
        var path = $"{Path}/{created.GetProperty("id").GetString()}";

        var fetched = await GetAsync(server, path);
        var latest = await GetAsync(server, path + "/input_items?limit=2");
        var rest = await GetAsync(server, $"{path}/input_items?after={latest.GetProperty("last_id").GetString()}");
        using var deleted = await server.Client.DeleteAsync(path, TestContext.Current.CancellationToken);
        using var gone = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        using var goneAgain = await server.Client.DeleteAsync(path, TestContext.Current.CancellationToken);

        Assert.True(JsonElement.DeepEquals(created, fetched), $"{created}\n{fetched}");
        Assert.Equal((2, true), (latest.GetProperty("data").GetArrayLength(), latest.GetProperty("has_more").GetBoolean()));
        Assert.Equal("c", latest.GetProperty("data")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal((1, false), (rest.GetProperty("data").GetArrayLength(), rest.GetProperty("has_more").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        await ErrorTests.AssertErrorAsync(gone, 404, code: "not_found");
        await ErrorTests.AssertErrorAsync(goneAgain, 404, code: "not_found");
    }

    [Fact]
    public async Task Stored_NotAskedFor_IsNotThere()
    {
        await using var server = await RunningServer.StartAsync();
        var created = await server.AskAsync(Path, """{"input": "hi", "store": false, "max_output_tokens": 2}""");

        using var response = await server.Client.GetAsync($"{Path}/{created.GetProperty("id").GetString()}", TestContext.Current.CancellationToken);

        await ErrorTests.AssertErrorAsync(response, 404, code: "not_found");
    }

    [Fact]
    public async Task Stored_OtherKey_DoesNotFindIt()
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["key-1", "key-2"] });
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "key-1");
        var created = await server.AskAsync(Path, """{"input": "hi", "temperature": 0, "max_output_tokens": 2}""");
        var (id, item) = (created.GetProperty("id").GetString(), created.GetProperty("output")[0].GetProperty("id").GetString());

        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "key-2");
        using var fetched = await server.Client.GetAsync($"{Path}/{id}", TestContext.Current.CancellationToken);
        using var deleted = await server.Client.DeleteAsync($"{Path}/{id}", TestContext.Current.CancellationToken);
        using var continued = await server.PostAsync(Path, $$"""{"input": "hi", "previous_response_id": "{{id}}"}""");
        using var referred = await server.PostAsync(Path, $$"""{"input": [{"type": "item_reference", "id": "{{item}}"}]}""");
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "key-1");
        var own = await GetAsync(server, $"{Path}/{id}");

        await ErrorTests.AssertErrorAsync(fetched, 404);
        await ErrorTests.AssertErrorAsync(deleted, 404);
        await ErrorTests.AssertErrorAsync(continued, 404, "previous_response_id");
        await ErrorTests.AssertErrorAsync(referred, 404, "input[0].id");
        Assert.Equal(id, own.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Stored_Restart_IsStillThere()
    {
        using var folder = new TemporaryFolder();
        string? id;
        await using (var server = await RunningServer.StartAsync(options => options with { DataDir = folder.Path }))
        {
            id = (await server.AskAsync(Path, """{"input": "hi", "temperature": 0, "max_output_tokens": 3}""")).GetProperty("id").GetString();
        }

        await using var restarted = await RunningServer.StartAsync(options => options with { DataDir = folder.Path });
        var fetched = await GetAsync(restarted, $"{Path}/{id}");
        var continued = await restarted.AskAsync(Path, $$"""{"input": "hi", "previous_response_id": "{{id}}", "max_output_tokens": 1}""");

        Assert.Equal("abc", TextOf(fetched));
        Assert.Equal(
            Alphabet.Tokenizer.Encode("user: hi\nassistant: abc\nuser: hi\nassistant: ").Length, continued.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task Stored_MoreThanAllowed_OldestGiveWay()
    {
        using var folder = new TemporaryFolder();
        string? id = null;
        await using (var server = await RunningServer.StartAsync(options => options with { DataDir = folder.Path }))
        {
            for (var i = 0; i < 3; i++)
            {
                id = (await server.AskAsync(Path, """{"input": "hi", "max_output_tokens": 1}""")).GetProperty("id").GetString();
            }
        }

        await using var restarted = await RunningServer.StartAsync(options => options with { DataDir = folder.Path, MaxStoredResponses = 1 });
        await using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={System.IO.Path.Combine(folder.Path, "inference.db")};Pooling=False");
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await Until(async () =>
        {
            await using var command = database.CreateCommand();
            command.CommandText = "SELECT count(*) FROM responses";
            return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))! == 1;
        });
        Assert.Equal(id, (await GetAsync(restarted, $"{Path}/{id}")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Background_Response_IsQueuedThenThere()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();

        var queued = await server.AskAsync(Path, """{"input": "hi", "temperature": 0, "background": true}""");
        var path = $"{Path}/{queued.GetProperty("id").GetString()}";
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        var running = await GetAsync(server, path);
        server.Executor.Release();
        var done = await Until(() => GetAsync(server, path), response => response.GetProperty("status").GetString() is not ("queued" or "in_progress"));

        OpenAiSchemas.AssertValid("Response", queued);
        OpenAiSchemas.AssertValid("Response", running);
        OpenAiSchemas.AssertValid("Response", done);
        Assert.Equal("queued", queued.GetProperty("status").GetString());
        Assert.Equal(("completed", "abcdefghijklmnopqrstuvwxyz"), (done.GetProperty("status").GetString(), TextOf(done)));
    }

    [Fact]
    public async Task Background_Stream_CanBeReadAgainFromAnyEvent()
    {
        using var folder = new TemporaryFolder();
        string path;
        IReadOnlyList<JsonElement> events;
        await using (var server = await RunningServer.StartAsync(options => options with { DataDir = folder.Path }))
        {
            events = await StreamAsync(server, """{"input": "hi", "temperature": 0, "background": true, "stream": true}""");
            path = $"{Path}/{events[0].GetProperty("response").GetProperty("id").GetString()}";
            await Until(() => GetAsync(server, path), response => response.GetProperty("status").GetString() == "completed");
        }

        await using var restarted = await RunningServer.StartAsync(options => options with { DataDir = folder.Path });
        var again = Events(await restarted.Client.GetStringAsync(path + "?stream=true", TestContext.Current.CancellationToken));
        var rest = Events(await restarted.Client.GetStringAsync(path + "?stream=true&starting_after=5", TestContext.Current.CancellationToken));
        var none = Events(await restarted.Client.GetStringAsync(path + "?stream=true&starting_after=5000", TestContext.Current.CancellationToken));

        Assert.Equal(events.Select(e => e.GetRawText()), again.Select(e => e.GetRawText()));
        Assert.Equal(events.Skip(6).Select(e => e.GetRawText()), rest.Select(e => e.GetRawText()));
        Assert.Empty(none);
    }

    [Fact]
    public async Task Background_Stream_CanBeFollowedByAnother()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        var queued = await server.AskAsync(Path, """{"input": "hi", "temperature": 0, "background": true}""");
        var path = $"{Path}/{queued.GetProperty("id").GetString()}?stream=true&starting_after=2";
        using var following = await server.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        server.Executor.Release();

        var events = Events(await following.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(("response.output_item.added", "response.completed"), (TypeOf(events[0]), TypeOf(events[^1])));
    }

    [Fact]
    public async Task Background_Cancel_EndsIt()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        var queued = await server.AskAsync(Path, """{"input": "hi", "temperature": 0, "background": true, "ignore_eos": true}""");
        var path = $"{Path}/{queued.GetProperty("id").GetString()}";
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        var cancelling = server.AskAsync(path + "/cancel", "");
        while (!cancelling.IsCompleted)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            server.Executor.ReleaseOne();
        }

        server.Executor.Release();
        var cancelled = await cancelling;
        var again = await server.AskAsync(path + "/cancel", "");
        var whole = await server.AskAsync(Path, """{"input": "hi", "max_output_tokens": 1}""");
        using var refused = await server.PostAsync($"{Path}/{whole.GetProperty("id").GetString()}/cancel", "");

        OpenAiSchemas.AssertValid("Response", cancelled);
        Assert.Equal("cancelled", cancelled.GetProperty("status").GetString());
        Assert.Equal("cancelled", again.GetProperty("status").GetString());
        await ErrorTests.AssertErrorAsync(refused, 400);
        await server.IdleAsync();
    }

    [Fact]
    public async Task Background_CancelledStream_TellsThatItWaitedBeganAndEnded()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();
        using var response = await server.PostAsync(
            Path, """{"input": "hi", "temperature": 0, "background": true, "stream": true, "ignore_eos": true}""", HttpCompletionOption.ResponseHeadersRead);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var created = $"{await stream.ReadLineAsync(TestContext.Current.CancellationToken)}\n{await stream.ReadLineAsync(TestContext.Current.CancellationToken)}";
        var id = Events(created)[0].GetProperty("response").GetProperty("id").GetString();
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);

        var cancelling = server.AskAsync($"{Path}/{id}/cancel", "");
        while (!cancelling.IsCompleted)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            server.Executor.ReleaseOne();
        }

        server.Executor.Release();
        var cancelled = await cancelling;
        var events = Events(created + '\n' + await stream.ReadToEndAsync(TestContext.Current.CancellationToken));

        Assert.Equal(["response.created", "response.queued", "response.in_progress"], events.Take(3).Select(TypeOf));
        Assert.Equal(["queued", "queued", "in_progress"], events.Take(3).Select(StatusOf));
        Assert.Equal(("response.incomplete", "cancelled"), (TypeOf(events[^1]), StatusOf(events[^1])));
        Assert.Equal(cancelled.GetRawText(), events[^1].GetProperty("response").GetRawText());
        await server.IdleAsync();
    }

    [Fact]
    public async Task Stored_ServerEndedBeforeIt_HasFailed()
    {
        using var folder = new TemporaryFolder();
        string id;
        await using (var server = await RunningServer.StartAsync(options => options with { DataDir = folder.Path }))
        {
            id = (await server.AskAsync(Path, """{"input": "hi", "max_output_tokens": 1}""")).GetProperty("id").GetString()!;

            // As a server leaves it that is killed while it runs.
            var store = server.Services.GetRequiredService<ResponseStore>();
            var record = store.Find(id, "")!;
            await store.SaveAsync(record with { Response = record.Response with { Status = "in_progress", Output = [] } });
        }

        await using var restarted = await RunningServer.StartAsync(options => options with { DataDir = folder.Path });
        var failed = await GetAsync(restarted, $"{Path}/{id}");
        using var goingOn = await restarted.PostAsync(Path, $$"""{"input": "more", "previous_response_id": "{{id}}"}""");

        OpenAiSchemas.AssertValid("Response", failed);
        Assert.Equal(("failed", "server_error"), (failed.GetProperty("status").GetString(), failed.GetProperty("error").GetProperty("code").GetString()));
        await ErrorTests.AssertErrorAsync(goingOn, 400, "previous_response_id");
    }

    [Fact]
    public async Task Background_Failure_IsTold()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.FailWith = _ => new InvalidOperationException("secret");

        var events = await StreamAsync(server, """{"input": "hi", "background": true, "stream": true}""");
        var id = events[0].GetProperty("response").GetProperty("id").GetString();
        var failed = await Until(() => GetAsync(server, $"{Path}/{id}"), response => response.GetProperty("status").GetString() == "failed");

        Assert.Equal(["error", "response.failed"], Collapsed(events)[^2..]);
        OpenAiSchemas.AssertValid("Response", failed);
        Assert.Equal("server_error", failed.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("secret", failed.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_Failure_IsAnErrorAndAFailedResponse()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.FailWith = plan =>
        {
            if (plan.StepIndex == 5)
            {
                server.Executor.Hold();
            }

            return plan.StepIndex > 5 ? new InvalidOperationException("secret") : null;
        };

        using var response = await server.PostAsync(Path, """{"input": "hi", "temperature": 0, "stream": true}""", HttpCompletionOption.ResponseHeadersRead);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        server.Executor.Release();
        var events = Events(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(["error", "response.failed"], Collapsed(events)[^2..]);
        Assert.DoesNotContain("secret", string.Concat(events), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ConversationTooLong_LeavesOutItsBeginningWhereAskedTo()
    {
        await using var server = await RunningServer.StartAsync();
        var messages = string.Join(", ", Enumerable.Range(0, 60).Select(i => $$"""{"role": "user", "content": "word number {{i}}"}"""));

        using var refused = await server.PostAsync(Path, $$"""{"input": [{{messages}}], "max_output_tokens": 8}""");
        var cut = await server.AskAsync(Path, $$"""{"input": [{{messages}}], "max_output_tokens": 8, "truncation": "auto", "instructions": "stay", "temperature": 0}""");

        var error = await ErrorTests.AssertErrorAsync(refused, 400, "input", "context_length_exceeded");
        Assert.DoesNotContain("messages", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        var prompt = Prompt(server);
        Assert.StartsWith("system: stay\n", prompt, StringComparison.Ordinal);
        Assert.Contains("number 59\n", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("number 0\n", prompt, StringComparison.Ordinal);

        // One more would not have fit.
        var message = Alphabet.Tokenizer.Encode("user: word number 30\n").Length;
        Assert.InRange(cut.GetProperty("usage").GetProperty("input_tokens").GetInt32(), 256 - 8 - message, 256 - 8);
    }

    [Theory]
    [InlineData("{}", "input")]
    [InlineData("""{"input": 5}""", "input")]
    [InlineData("""{"input": []}""", "input")]
    [InlineData("""{"input": "\ud800"}""", "input")]
    [InlineData("""{"input": [{"role": "user", "content": "\ud800"}]}""", "input")]
    [InlineData("""{"input": ["a"]}""", "input[0]")]
    [InlineData("""{"input": [{"role": "wizard", "content": "a"}]}""", "input[0].role")]
    [InlineData("""{"input": [{"role": "user"}]}""", "input[0].content")]
    [InlineData("""{"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}]}""", "input[0].content[0].type")]
    [InlineData("""{"input": [{"role": "user", "content": [{"type": "input_text"}]}]}""", "input[0].content[0].text")]
    [InlineData("""{"input": [{"type": "computer_call"}]}""", "input[0].type")]
    [InlineData("""{"input": [{"type": "function_call", "call_id": "c", "name": "f"}]}""", "input[0].arguments")]
    [InlineData("""{"input": [{"type": "function_call_output", "call_id": "c", "output": "a"}]}""", "input")]
    [InlineData("""{"input": [{"type": "item_reference", "id": "msg_nope"}]}""", "input[0].id", 404)]
    [InlineData("""{"input": "a", "previous_response_id": "resp_nope"}""", "previous_response_id", 404)]
    [InlineData("""{"input": "a", "model": "nope"}""", "model", 404)]
    [InlineData("""{"input": "a", "conversation": "conv_1"}""", "conversation")]
    [InlineData("""{"input": "a", "prompt": {"id": "p"}}""", "prompt")]
    [InlineData("""{"input": "a", "background": true, "store": false}""", "background")]
    [InlineData("""{"input": "a", "truncation": "some"}""", "truncation")]
    [InlineData("""{"input": "a", "temperature": 3}""", "temperature")]
    [InlineData("""{"input": "a", "top_logprobs": 21}""", "top_logprobs")]
    [InlineData("""{"input": "a", "max_output_tokens": 0}""", "max_output_tokens")]
    [InlineData("""{"input": "a", "max_output_tokens": 1000}""", "max_output_tokens")]
    [InlineData("""{"input": "a", "metadata": {"a": 1}}""", "metadata.a")]
    [InlineData("""{"input": "a", "reasoning": "much"}""", "reasoning")]
    [InlineData("""{"input": "a", "text": "json"}""", "text")]
    [InlineData("""{"input": "a", "text": {"format": {"type": "xml"}}}""", "text.format")]
    [InlineData("""{"input": "a", "text": {"format": {"type": "json_schema", "name": "n"}}}""", "text.format")]
    [InlineData("""{"input": "a", "text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "hiccup"}}}}""", "text.format")]
    [InlineData("""{"input": "a", "tools": {}}""", "tools")]
    [InlineData("""{"input": "a", "tools": [{"type": "web_search"}]}""", "tools[0].type")]
    [InlineData("""{"input": "a", "tools": [{"type": "function"}]}""", "tools[0].name")]
    [InlineData("""{"input": "a", "tools": [{"type": "function", "name": "f", "parameters": 5}]}""", "tools[0].parameters")]
    [InlineData("""{"input": "a", "tool_choice": "required"}""", "tool_choice")]
    [InlineData("""{"input": "a", "tool_choice": "some"}""", "tool_choice")]
    [InlineData("""{"input": "a", "tools": [{"type": "function", "name": "f"}], "tool_choice": {"type": "function", "name": "g"}}""", "tool_choice")]
    public async Task Create_WrongBody_IsAnErrorThatNamesTheField(string body, string param, int status = 400)
    {
        await using var server = await RunningServer.StartAsync();

        using var response = await server.PostAsync(Path, body);

        var error = await ErrorTests.AssertErrorAsync(response, status, param);
        Assert.DoesNotContain("messages", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("response_format", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/responses/resp_1/input_items?limit=0", 400, "limit")]
    [InlineData("/v1/responses/resp_1/input_items?limit=x", 400, "limit")]
    [InlineData("/v1/responses/resp_1/input_items?order=up", 400, "order")]
    [InlineData("/v1/responses/resp_1/input_items", 404, null)]
    [InlineData("/v1/responses/resp_1", 404, null)]
    [InlineData("/v1/responses/resp_1?stream=true&starting_after=x", 400, "starting_after")]
    [InlineData("/v1/responses", 405, null)]
    public async Task Get_WrongAddress_IsAnError(string path, int status, string? param)
    {
        await using var server = await RunningServer.StartAsync();

        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);

        await ErrorTests.AssertErrorAsync(response, status, param);
    }

    private static async Task<IReadOnlyList<JsonElement>> StreamAsync(RunningServer server, string body)
    {
        using var response = await server.PostAsync(Path, body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var events = Events(text);
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => e.GetProperty("sequence_number").GetInt32()));
        return events;
    }

    // Each must be valid by the schema of its own type.
    private static List<JsonElement> Events(string body)
    {
        var events = new List<JsonElement>();
        foreach (var text in body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = text.Split('\n');
            Assert.Equal(2, lines.Length);
            var value = JsonElement.Parse(lines[1]["data: ".Length..]);
            Assert.Equal($"event: {TypeOf(value)}", lines[0]);
            OpenAiSchemas.AssertValid(SchemaOf(TypeOf(value)!), value);
            events.Add(value);
        }

        return events;
    }

    private static string SchemaOf(string type) => type switch
    {
        "error" => "ResponseErrorEvent",
        _ => "Response" + string.Concat(type["response.".Length..].Replace("output_text", "text", StringComparison.Ordinal).Split('.', '_')
            .Select(word => char.ToUpperInvariant(word[0]) + word[1..])) + "Event",
    };

    private static List<string> Collapsed(IReadOnlyList<JsonElement> events)
    {
        var types = new List<string>();
        foreach (var type in events.Select(e => TypeOf(e)!))
        {
            if (types.Count == 0 || types[^1] != type)
            {
                types.Add(type);
            }
        }

        return types;
    }

    private static string Deltas(IEnumerable<JsonElement> events, string type) =>
        string.Concat(events.Where(e => TypeOf(e) == type).Select(e => e.GetProperty("delta").GetString()));

    private static string? TypeOf(JsonElement value) => value.GetProperty("type").GetString();

    private static string? StatusOf(JsonElement e) => e.GetProperty("response").GetProperty("status").GetString();

    private static string? TextOf(JsonElement response) => response.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString();

    private static string Prompt(RunningServer server) => string.Concat(server.Executor.Plans.Where(plan => plan.TokenIds.Length > 1)
        .Select(plan => Alphabet.Tokenizer.Decode(plan.TokenIds.Span, skipSpecialTokens: false)));

    private static async Task<JsonElement> GetAsync(RunningServer server, string path) =>
        JsonElement.Parse(await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken));

    private static async Task<JsonElement> Until(Func<Task<JsonElement>> get, Func<JsonElement, bool> condition)
    {
        var last = await get();
        await Until(async () => condition(last = await get()));
        return last;
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
