using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Inference.Protocol.OpenAi;

namespace Inference.Protocol.Tests.OpenAi;

/// <summary>The exact bytes that clients see.</summary>
public sealed class ResponseShapeTests
{
    [Fact]
    public void Chunk_FirstOfAChat_HasRoleAndNullUsage()
    {
        var chunk = new ChatCompletionChunk
        {
            Id = "chatcmpl-1",
            Created = 7,
            Model = "m",
            SystemFingerprint = "f",
            Choices = [new ChatChunkChoice { Index = 0, Delta = new ChatDelta("assistant", "") }],
        };

        Assert.Equal(
            """{"id":"chatcmpl-1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"f","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null,"stop_reason":null}],"usage":null}""",
            Write(chunk, OpenAiJsonContext.Default.ChatCompletionChunk));
    }

    [Fact]
    public void Chunk_LastOfAChat_HasEmptyDelta()
    {
        var choice = new ChatChunkChoice { Index = 1, Delta = new ChatDelta(null, null), FinishReason = "stop", StopReason = new StopReason(null, 5) };
        var chunk = new ChatCompletionChunk { Id = "i", Created = 7, Model = "m", SystemFingerprint = "f", Choices = [choice], Usage = new Usage(1, 2) };

        Assert.Equal(
            """{"id":"i","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"f","choices":[{"index":1,"delta":{},"logprobs":null,"finish_reason":"stop","stop_reason":5}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""",
            Write(chunk, OpenAiJsonContext.Default.ChatCompletionChunk));
    }

    [Fact]
    public void Completion_WithLogprobs_HasListsOfEqualLength()
    {
        var logprobs = new CompletionLogprobs([0, 2], [null, -1], ["é\"", "<b>"], [null, new Dictionary<string, float> { ["x"] = -0.5f }]);
        var choice = new CompletionChoice { Index = 0, Text = "é\"<b>", Logprobs = logprobs, FinishReason = "length", StopReason = new StopReason("s", null) };
        var response = new CompletionResponse { Id = "i", Created = 7, Model = "m", SystemFingerprint = "f", Choices = [choice] };

        Assert.Equal(
            """{"id":"i","object":"text_completion","created":7,"model":"m","system_fingerprint":"f","choices":[{"index":0,"text":"é\"<b>","logprobs":{"text_offset":[0,2],"token_logprobs":[null,-1],"tokens":["é\"","<b>"],"top_logprobs":[null,{"x":-0.5}]},"finish_reason":"length","stop_reason":"s"}],"usage":null}""",
            Write(response, OpenAiJsonContext.Default.CompletionResponse));
    }

    [Fact]
    public void Chunk_OfAToolCall_HasOnlyWhatIsNew()
    {
        var first = new ChatDelta(null, null) { ToolCalls = [new ToolCall(0, "call_1", new ToolCallFunction("f", ""))] };
        var next = new ChatDelta(null, null) { ToolCalls = [new ToolCall(0, null, new ToolCallFunction(null, "{"))] };

        Assert.Equal("""{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"f","arguments":""},"type":"function"}]}""", Write(first, OpenAiJsonContext.Default.ChatDelta));
        Assert.Equal("""{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}""", Write(next, OpenAiJsonContext.Default.ChatDelta));
    }

    [Fact]
    public void Error_WithoutParam_StillHasAllFields() => Assert.Equal(
        """{"error":{"message":"no","type":"server_error","param":null,"code":null}}""",
        Write(new ErrorResponse(new ErrorBody("no", "server_error", null, null)), OpenAiJsonContext.Default.ErrorResponse));

    [Fact]
    public void Models_List_HasOpenAiFieldsAndTheLimit() => Assert.Equal(
        """{"data":[{"id":"a","created":7,"root":"a","max_model_len":9,"object":"model","owned_by":"inference"}],"object":"list"}""",
        Write(new ModelList([new ModelCard("a", 7, "a", 9)]), OpenAiJsonContext.Default.ModelList));

    private static string Write<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, OpenAiJsonContext.WriterOptions))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
