using System.Text.Json;
using Inference.LoadTest.Data;

namespace Inference.LoadTest.Apis;

/// <summary>OpenAI's chat completions.</summary>
internal sealed class ChatFormat : ApiFormat
{
    public override string DefaultPath(bool stream) => "/v1/chat/completions";

    public override void Write(Utf8JsonWriter body, RequestSpec request, GenerationOptions options)
    {
        OpenAiFields.WriteMessages(body, "messages"u8, request);
        OpenAiFields.Write(body, request, options);
    }

    public override bool Read(JsonElement root, Answer answer)
    {
        if (!OpenAiFields.TryReadChoice(root, answer, out var choice, out var ends)
            || (!choice.TryGet("delta"u8, out var delta) && !choice.TryGet("message"u8, out delta)))
            return false;

        if (answer.KeepsText && delta.TryGet("content"u8, out var content))
            answer.Append(content.GetString());
        if (delta.HasText("content"u8) || delta.HasText("reasoning_content"u8) || delta.HasText("reasoning"u8) || delta.TryFirst("tool_calls"u8, out _))
            return true;
        // A token may have no text of its own; the announcement of the role is none.
        return !ends && delta.TryGet("content"u8, out _) && !delta.TryGet("role"u8, out _);
    }
}
