using System.Text;
using System.Text.Json;
using Inference.FunctionalTests.OpenApi;
using Inference.Server.Parsing;
using Inference.Server.Serving;
using Inference.Testing;
using Inference.Tokenization.ChatTemplates;

namespace Inference.FunctionalTests;

/// <summary>Tools from the request to the answer and back in, for each family of models.</summary>
public sealed class ToolCallingTests
{
    private const string Path = "/v1/chat/completions";

    private const string Body = """
        "messages": [{"role": "user", "content": "Weather?"}], "temperature": 0,
        "tools": [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}},
                  {"type": "function", "function": {"name": "time"}}]
        """;

    private const string HermesCalls = """
        Let me see.
        <tool_call>
        {"name": "weather", "arguments": {"city": "Graz, \"A\""}}
        </tool_call>
        <tool_call>
        {"name": "time", "arguments": {}}
        </tool_call>
        """;

    public static TheoryData<string, string> Families => new()
    {
        { "hermes", HermesCalls },
        { "llama3_json", """{"name": "weather", "parameters": {"city": "Graz, \"A\""}}; {"name": "time", "parameters": {}}""" },
        { "mistral", """[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Graz, \"A\""}}, {"name": "time", "arguments": {}}]""" },
        { "deepseek_v3", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"Graz, \\\"A\\\"\"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>time\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>" },
        { "pythonic", """[weather(city='Graz, "A"'), time()]""" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Chat_ModelCallsTools_StreamedOrNotTheyAreInTheAnswer(string format, string output)
    {
        await using var server = await Parrot.StartAsync(output, ChatTraits.None with { Tools = ToolCallFormat.Named(format) });

        var whole = await server.AskAsync(Path, $"{{{Body}}}");
        var events = await server.StreamAsync(Path, $"{{{Body}, \"stream\": true}}");

        OpenAiSchemas.AssertValid("CreateChatCompletionResponse", whole);
        var choice = whole.GetProperty("choices")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(format == "hermes" ? "Let me see." : null, choice.GetProperty("message").GetProperty("content").GetString());
        var calls = choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray().Select(Describe).ToList();
        Assert.Equal(["function weather {\"city\": \"Graz, \\\"A\\\"\"}", "function time {}"], calls);

        Assert.All(events, e => OpenAiSchemas.AssertValid("CreateChatCompletionStreamResponse", e));
        Assert.Equal(calls, Gather(events));
        Assert.Equal("tool_calls", events[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        await server.IdleAsync();
    }

    [Fact]
    public async Task Stream_LongArguments_BeginBeforeTheyAreComplete()
    {
        var text = string.Concat(Enumerable.Range(0, 40).Select(i => $"word{i} "));
        await using var server = await Parrot.StartAsync(
            $"<tool_call>{{\"name\": \"weather\", \"arguments\": {{\"city\": \"{text}\"}}}}</tool_call>",
            ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });

        server.Executor.FailWith = plan =>
        {
            if (plan.StepIndex == 120)
            {
                server.Executor.Hold();
            }

            return null;
        };
        using var response = await server.PostAsync(Path, $"{{{Body}, \"stream\": true}}", HttpCompletionOption.ResponseHeadersRead);
        await server.Executor.StepHeldAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var body = new StringBuilder();
        while (!body.ToString().Contains("tool_calls", StringComparison.Ordinal))
        {
            body.Append(await reader.ReadLineAsync(TestContext.Current.CancellationToken)).Append('\n');
        }

        server.Executor.Release();
        body.Append(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));

        Assert.Equal([$"function weather {{\"city\": \"{text}\"}}"], Gather(RunningServer.Events(body.ToString())));
    }

    [Fact]
    public async Task Chat_OneCallAtMost_KeepsTheFirst()
    {
        await using var server = await Parrot.StartAsync(HermesCalls, ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });

        var answer = await server.AskAsync(Path, $"{{{Body}, \"parallel_tool_calls\": false}}");

        Assert.Equal("weather", Assert.Single(answer.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls").EnumerateArray())
            .GetProperty("function").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(", \"tool_choice\": \"none\"")]
    [InlineData("")]
    public async Task Chat_NoTools_LeavesTheOutputAsItIs(string choice)
    {
        await using var server = await Parrot.StartAsync(HermesCalls, ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });
        var body = choice.Length > 0 ? Body + choice : "\"messages\": [{\"role\": \"user\", \"content\": \"Weather?\"}], \"temperature\": 0";

        var answer = (await server.AskAsync(Path, $"{{{body}}}")).GetProperty("choices")[0];

        Assert.Equal((HermesCalls, "stop"), (answer.GetProperty("message").GetProperty("content").GetString(), answer.GetProperty("finish_reason").GetString()));
        Assert.False(answer.GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task Chat_CutOffInArguments_IsLength()
    {
        await using var server = await Parrot.StartAsync(HermesCalls, ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });
        var tokens = Alphabet.Tokenizer.Encode(HermesCalls[..(HermesCalls.IndexOf("Graz", StringComparison.Ordinal) + 2)]).Length;

        var choice = (await server.AskAsync(Path, $"{{{Body}, \"max_tokens\": {tokens}}}")).GetProperty("choices")[0];

        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.StartsWith("{\"city\": \"G", choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"required\"")]
    [InlineData("{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}")]
    public async Task Chat_ForcedCall_IsValidWhateverTheModelSays(string choice)
    {
        const string tools = """
            "tools": [{"type": "function", "function": {"name": "weather", "parameters": {
              "type": "object", "additionalProperties": false, "required": ["place", "days"], "$defs": {"place": {"type": "string", "maxLength": 8}},
              "properties": {"place": {"$ref": "#/$defs/place"}, "days": {"type": "integer", "minimum": 1, "maximum": 9}}}}}]
            """;
        await using var server = await RunningServer.StartAsync(executor: Alphabet.Executor(maxModelLength: 2048));
        for (var seed = 0; seed < 20; seed++)
        {
            var body = $$"""{"messages": [{"role": "user", "content": "Weather?"}], {{tools}}, "tool_choice": {{choice}}, "parallel_tool_calls": false, "temperature": 1.5, "seed": {{seed}}""";

            var whole = (await server.AskAsync(Path, body + "}")).GetProperty("choices")[0];
            var events = await server.StreamAsync(Path, body + ", \"stream\": true}");

            Assert.Equal("tool_calls", whole.GetProperty("finish_reason").GetString());
            Assert.Equal(JsonValueKind.Null, whole.GetProperty("message").GetProperty("content").ValueKind);
            var call = Assert.Single(whole.GetProperty("message").GetProperty("tool_calls").EnumerateArray()).GetProperty("function");
            Assert.Equal("weather", call.GetProperty("name").GetString());
            var arguments = JsonElement.Parse(call.GetProperty("arguments").GetString()!);
            Assert.Equal(["place", "days"], arguments.EnumerateObject().Select(property => property.Name));
            Assert.InRange(arguments.GetProperty("days").GetInt32(), 1, 9);
            Assert.Equal([$"function weather {call.GetProperty("arguments").GetString()}"], Gather(events));
        }
    }

    [Fact]
    public async Task Chat_ForcedCallCutOff_IsLengthWithoutCalls()
    {
        await using var server = await RunningServer.StartAsync();

        var choice = (await server.AskAsync(Path, $"{{{Body}, \"tool_choice\": \"required\", \"max_tokens\": 1}}")).GetProperty("choices")[0];

        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.False(choice.GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task Chat_ConversationWithTools_IsRenderedAsTheModelWroteIt()
    {
        var source = await File.ReadAllTextAsync(
            System.IO.Path.Combine(RepositoryFiles.Root, "tests", "data", "chat-templates", "qwen3.template.jinja"), TestContext.Current.CancellationToken);
        var template = ChatTemplate.Parse(source);
        await using var server = await RunningServer.StartAsync(
            model: model => model with { ChatTemplate = template, Traits = ChatTraits.Detect(source, template) },
            executor: Alphabet.Executor(maxModelLength: 2048));

        await server.AskAsync(Path, """
            {"messages": [
               {"role": "user", "content": "Weather?"},
               {"role": "assistant", "content": null, "tool_calls": [
                 {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\": \"Graz\"}"}}]},
               {"role": "tool", "tool_call_id": "call_1", "content": "Rain."}],
             "tools": [{"type": "function", "function": {"name": "weather"}}], "max_tokens": 1}
            """);

        var prompt = Encoding.UTF8.GetString([.. server.Executor.Plans.SelectMany(plan => Encoding.UTF8.GetBytes(
            Alphabet.Tokenizer.Decode(plan.TokenIds.Span, skipSpecialTokens: false)))]);
        Assert.Contains("<tools>\n{\"type\": \"function\", \"function\": {\"name\": \"weather\"}}\n</tools>", prompt, StringComparison.Ordinal);
        Assert.Contains("<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Graz\"}}\n</tool_call><|im_end|>", prompt, StringComparison.Ordinal);
        Assert.Contains("<tool_response>\nRain.\n</tool_response>", prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "<think>\nHm, well.\n</think>\n\nYes.")]
    [InlineData("<think>", "Hm, well.\n</think>\n\nYes.")]
    public async Task Chat_Reasoning_IsApartFromTheContent(string opening, string output)
    {
        await using var server = await Parrot.StartAsync(output, ChatTraits.None with { HasReasoning = true }, opening);
        const string body = "\"messages\": [{\"role\": \"user\", \"content\": \"Really?\"}], \"temperature\": 0";

        var whole = await server.AskAsync(Path, $"{{{body}}}");
        var events = await server.StreamAsync(Path, $"{{{body}, \"stream\": true}}");
        var without = await server.AskAsync(Path, $"{{{body}, \"include_reasoning\": false}}");

        var message = whole.GetProperty("choices")[0].GetProperty("message");
        Assert.Equal(("Hm, well.", "Yes."), (message.GetProperty("reasoning_content").GetString(), message.GetProperty("content").GetString()));
        Assert.Equal("Hm, well.", message.GetProperty("reasoning").GetString());
        var deltas = events.Select(e => e.GetProperty("choices")[0].GetProperty("delta")).ToList();
        Assert.Equal("Hm, well.", Concat(deltas, "reasoning_content"));
        Assert.Equal("Yes.", Concat(deltas, "content"));
        Assert.False(without.GetProperty("choices")[0].GetProperty("message").TryGetProperty("reasoning_content", out _));

        var thought = output[..output.IndexOf("</think>", StringComparison.Ordinal)];
        var counted = whole.GetProperty("usage").GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32();
        Assert.InRange(counted, Alphabet.Tokenizer.Encode("Hm, well.").Length, Alphabet.Tokenizer.Encode(thought).Length + "</think>".Length);
        Assert.True(counted < whole.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    private static string Describe(JsonElement call)
    {
        Assert.NotEqual("", call.GetProperty("id").GetString());
        var function = call.GetProperty("function");
        return $"{call.GetProperty("type").GetString()} {function.GetProperty("name").GetString()} {function.GetProperty("arguments").GetString()}";
    }

    // As clients put a stream's pieces together: by index, the name from the first piece.
    private static List<string> Gather(IReadOnlyList<JsonElement> events)
    {
        var calls = new List<StringBuilder>();
        foreach (var delta in events.Select(e => e.GetProperty("choices")[0].GetProperty("delta")))
        {
            if (!delta.TryGetProperty("tool_calls", out var pieces))
            {
                continue;
            }

            foreach (var piece in pieces.EnumerateArray())
            {
                var index = piece.GetProperty("index").GetInt32();
                if (index == calls.Count)
                {
                    Assert.NotEqual("", piece.GetProperty("id").GetString());
                    calls.Add(new StringBuilder($"{piece.GetProperty("type").GetString()} {piece.GetProperty("function").GetProperty("name").GetString()} "));
                }
                else
                {
                    Assert.Equal(calls.Count - 1, index);
                    Assert.False(piece.TryGetProperty("id", out _));
                }

                calls[index].Append(piece.GetProperty("function").GetProperty("arguments").GetString());
            }
        }

        return [.. calls.Select(call => call.ToString())];
    }

    private static string Concat(IEnumerable<JsonElement> deltas, string name) =>
        string.Concat(deltas.Select(delta => delta.TryGetProperty(name, out var text) ? text.GetString() : ""));
}
