using System.Text.Json;
using Inference.LoadTest.Data;

namespace Inference.LoadTest.Apis;

/// <summary>OpenAI's responses.</summary>
internal sealed class ResponsesFormat : ApiFormat
{
    public override string DefaultPath(bool stream) => "/v1/responses";

    public override void Write(Utf8JsonWriter body, RequestSpec request, GenerationOptions options)
    {
        OpenAiFields.WriteMessages(body, "input"u8, request);
        OpenAiFields.WriteGeneration(body, "max_output_tokens"u8, request, options);
    }

    public override bool Read(JsonElement root, Answer answer)
    {
        if (!root.TryGet("type"u8, out var type))
        {
            ReadWhole(root, answer);
            return answer.IsFinished;
        }

        if (type.ValueEquals("error"u8))
        {
            answer.Error = JsonFields.ErrorText(root);
            return false;
        }

        // response.completed, .incomplete (for length) and .failed hold the whole response.
        if (root.TryGet("response"u8, out var response))
        {
            if (!type.ValueEquals("response.created"u8) && !type.ValueEquals("response.in_progress"u8) && !type.ValueEquals("response.queued"u8))
                ReadWhole(response, answer);
            return false;
        }

        if (!type.GetString()!.EndsWith(".delta", StringComparison.Ordinal))
            return false;
        if (answer.KeepsText && type.ValueEquals("response.output_text.delta"u8) && root.TryGet("delta"u8, out var delta))
            answer.Append(delta.GetString());
        return true;
    }

    private static void ReadWhole(JsonElement response, Answer answer)
    {
        if (response.TryGet("error"u8, out var error))
        {
            answer.Error = JsonFields.ErrorText(error);
            return;
        }

        answer.IsFinished = response.TryGet("status"u8, out var status) && (status.ValueEquals("completed"u8) || status.ValueEquals("incomplete"u8));
        if (response.TryGet("usage"u8, out var usage))
            OpenAiFields.ReadUsage(usage, "input_tokens"u8, "output_tokens"u8, "input_tokens_details"u8, answer);
    }
}
