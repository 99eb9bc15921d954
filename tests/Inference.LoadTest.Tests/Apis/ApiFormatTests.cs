using System.Text.Json;
using Inference.LoadTest.Apis;
using Inference.LoadTest.Data;
using Inference.LoadTest.Loads;
using Inference.LoadTest.Runs;
using Inference.LoadTest.Tests.Doubles;

namespace Inference.LoadTest.Tests.Apis;

/// <summary>Each API: what it is sent, and what is read from its answers.</summary>
public sealed class ApiFormatTests
{
    private static readonly IDataSet Words = new RandomData(new RandomDataOptions { InputTokens = 4, OutputTokens = 3 });

    [Fact]
    public void Completions_Body_HasIdsAndExactLength()
    {
        var run = VirtualRun.Of(_ => ScriptedAnswer.Stream(1, 1, 10), new ClosedLoad(1), new RunPlan { Requests = 1 });

        var body = JsonElement.Parse(run.Server.Bodies[0]);
        Assert.Equal("/v1/completions", run.Server.Paths[0]);
        Assert.Equal(32, body.GetProperty("prompt").EnumerateArray().Select(id => id.GetInt32()).Distinct().Count());
        Assert.Equal((10, true, true, "m"), (body.GetProperty("max_tokens").GetInt32(), body.GetProperty("ignore_eos").GetBoolean(),
            body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean(), body.GetProperty("model").GetString()));
    }

    [Fact]
    public void Chat_Stream_CountsNoRoleAndNoEnd()
    {
        var run = Run("chat",
            """data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}""",
            """data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}""",
            """data: {"choices":[{"delta":{"content":""},"finish_reason":null}]}""",
            """data: {"choices":[{"delta":{"reasoning_content":"b"},"finish_reason":null}]}""",
            """data: {"choices":[{"delta":{},"finish_reason":"stop"}]}""",
            """data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}}""",
            "data: [DONE]");

        AssertAnswer(run.Records[0], chunks: [20, 30, 40], prompt: 9, output: 3);
        Assert.Equal(2, run.Records[0].ServerCachedTokens);
        var body = JsonElement.Parse(run.Server.Bodies[0]);
        Assert.Equal("user", body.GetProperty("messages")[0].GetProperty("role").GetString());
        Assert.Equal(4, body.GetProperty("messages")[0].GetProperty("content").GetString()!.Split(' ').Length);
    }

    [Fact]
    public void Responses_Stream_CountsDeltas()
    {
        var run = Run("responses",
            """data: {"type":"response.created","response":{"status":"in_progress"}}""",
            "event: response.output_text.delta\n" + """data: {"type":"response.output_text.delta","delta":"a"}""",
            """data: {"type":"response.output_text.delta","delta":"b"}""",
            """data: {"type":"response.output_text.done","text":"ab"}""",
            """data: {"type":"response.incomplete","response":{"status":"incomplete","error":null,"usage":{"input_tokens":5,"output_tokens":2}}}""");

        AssertAnswer(run.Records[0], chunks: [20, 30], prompt: 5, output: 2);
        Assert.Equal(3, JsonElement.Parse(run.Server.Bodies[0]).GetProperty("max_output_tokens").GetInt32());
    }

    [Fact]
    public void Responses_Failed_IsFailed()
    {
        var run = Run("responses", """data: {"type":"response.failed","response":{"status":"failed","error":{"message":"no"}}}""");

        Assert.Equal((RequestOutcome.Failed, "no"), (run.Records[0].Outcome, run.Records[0].Error));
    }

    [Theory]
    [InlineData("", "/invocations", "lmi")]
    [InlineData("data:", "/generate_stream", "tgi")]
    public void Generate_Stream_CountsTokens(string prefix, string path, string api)
    {
        var run = Run(api,
            prefix + """{"token":{"id":1,"text":"a","log_prob":-1}}""",
            prefix + """{"token":{"id":2,"text":"b"},"generated_text":"ab","details":{"finish_reason":"length","generated_tokens":2}}""");

        AssertAnswer(run.Records[0], chunks: [10, 20], prompt: 4, output: 2);
        Assert.Equal(path, run.Server.Paths[0]);
        Assert.Equal(3, JsonElement.Parse(run.Server.Bodies[0]).GetProperty("parameters").GetProperty("max_new_tokens").GetInt32());
    }

    [Fact]
    public void Generate_ErrorAtTheEnd_IsFailed()
    {
        var run = Run("lmi", """{"token":{"id":-1,"text":""},"generated_text":"","details":{"finish_reason":"error","generated_tokens":null}}""");

        Assert.Equal(RequestOutcome.Failed, run.Records[0].Outcome);
    }

    [Theory]
    [InlineData("completions", """{"choices":[{"text":"ab","finish_reason":"length"}],"usage":{"prompt_tokens":7,"completion_tokens":2}}""")]
    [InlineData("chat", """{"choices":[{"message":{"role":"assistant","content":"ab"},"finish_reason":"length"}],"usage":{"prompt_tokens":7,"completion_tokens":2}}""")]
    [InlineData("responses", """{"object":"response","status":"completed","error":null,"usage":{"input_tokens":7,"output_tokens":2}}""")]
    [InlineData("lmi", """[{"generated_text":"ab","details":{"finish_reason":"length","generated_tokens":2,"prompt_tokens":7}}]""")]
    [InlineData("tgi", """{"generated_text":"ab","details":{"finish_reason":"length","generated_tokens":2,"prompt_tokens":7}}""")]
    public void Whole_Answer_HasLatencyAndNoFirstToken(string api, string answer)
    {
        var run = VirtualRun.Of(
            _ => ScriptedAnswer.Json(answer, ms: 70), new ClosedLoad(1), new RunPlan { Requests = 1 }, ApiFormat.Of(api), Words, new GenerationOptions("m", Stream: false));

        Assert.Equal((7, 2), (run.Records[0].PromptTokens, run.Records[0].OutputTokens));
        Assert.Equal(RequestOutcome.Completed, run.Records[0].Outcome);
        Assert.Equal(0, run.Summary.Ttft.Count);
        Assert.Equal(70, run.Summary.E2el.Mean);
        Assert.Equal(2 / 0.07, run.Summary.OutputThroughput, 1e-6);
    }

    [Fact]
    public void Conversation_NextTurn_HoldsTheAnswer()
    {
        var data = new RandomData(new RandomDataOptions { InputTokens = 4, OutputTokens = 3, Turns = 2 });
        var run = VirtualRun.Of(
            i => ScriptedAnswer.Json($$$"""{"choices":[{"message":{"content":"answer {{{i}}}"},"finish_reason":"length"}]}""", ms: 5),
            new ClosedLoad(1), new RunPlan { Requests = 1 }, new ChatFormat(), data, new GenerationOptions("m", Stream: false));

        Assert.Equal([0, 1], run.Records.Select(record => record.Turn));
        var messages = JsonElement.Parse(run.Server.Bodies[1]).GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal(["user", "assistant", "user"], messages.Select(message => message.GetProperty("role").GetString()));
        Assert.Equal("answer 0", messages[1].GetProperty("content").GetString());
    }

    [Fact]
    public void Of_Unknown_NamesTheOption() =>
        Assert.StartsWith("--api x:", Assert.Throws<FormatException>(() => ApiFormat.Of("x")).Message, StringComparison.Ordinal);

    /// <summary>One streamed answer, an event every 10 ms.</summary>
    private static VirtualRun Run(string api, params string[] events)
    {
        var answer = new ScriptedAnswer { Pieces = [.. events.Select(e => (TimeSpan.FromMilliseconds(10), e + "\n\n"))] };
        return VirtualRun.Of(_ => answer, new ClosedLoad(1), new RunPlan { Requests = 1 }, ApiFormat.Of(api), Words);
    }

    private static void AssertAnswer(RequestRecord record, int[] chunks, int prompt, int output)
    {
        Assert.Null(record.Error);
        Assert.Equal(RequestOutcome.Completed, record.Outcome);
        Assert.Equal(chunks, record.Chunks.Select(chunk => chunk / 1000));
        Assert.Equal((prompt, output), (record.PromptTokens, record.OutputTokens));
    }
}
