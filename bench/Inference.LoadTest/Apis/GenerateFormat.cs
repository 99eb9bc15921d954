using System.Text.Json;
using Inference.LoadTest.Data;

namespace Inference.LoadTest.Apis;

/// <summary>
/// The schema of Large Model Inference containers (SageMaker's <c>/invocations</c>) and of Text Generation Inference:
/// <c>inputs</c> and <c>parameters</c>; streams are JSON lines or server-sent events.
/// </summary>
internal sealed class GenerateFormat(Func<bool, string> path) : ApiFormat
{
    public override string DefaultPath(bool stream) => path(stream);

    public override void Write(Utf8JsonWriter body, RequestSpec request, GenerationOptions options)
    {
        body.WriteString("inputs"u8, request.JoinedText);
        body.WriteStartObject("parameters"u8);
        if (request.OutputTokens > 0)
            body.WriteNumber("max_new_tokens"u8, request.OutputTokens);
        body.WriteBoolean("do_sample"u8, options.Temperature > 0);
        // The schema has no temperature of 0: greedy is not to sample.
        if (options.Temperature > 0)
            body.WriteNumber("temperature"u8, options.Temperature);
        body.WriteBoolean("details"u8, true);
        if (options.IgnoreEos)
            body.WriteBoolean("ignore_eos_token"u8, true);
        body.WriteEndObject();
        body.WriteBoolean("stream"u8, options.Stream);
    }

    public override bool Read(JsonElement root, Answer answer)
    {
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0)
            root = root[0];
        if (root.TryGet("error"u8, out var error))
        {
            answer.Error = JsonFields.ErrorText(error);
            return false;
        }

        if (root.TryGet("details"u8, out var details))
            ReadDetails(details, answer);
        // Dynamic batches stream {"outputs": ["text"]}, and end without saying so.
        if (root.TryFirst("outputs"u8, out var output))
        {
            answer.IsFinished = true;
            answer.Append(output.GetString());
            return true;
        }

        if (root.TryGet("token"u8, out var token))
        {
            if (answer.KeepsText && token.TryGet("text"u8, out var text))
                answer.Append(text.GetString());
            answer.IsFinished |= root.TryGet("generated_text"u8, out _);
            return answer.Error is null;
        }

        if (!root.TryGet("generated_text"u8, out var whole))
            return false;
        answer.IsFinished = true;
        answer.Append(whole.GetString());
        return true;
    }

    private static void ReadDetails(JsonElement details, Answer answer)
    {
        answer.OutputTokens = details.Number("generated_tokens"u8) ?? answer.OutputTokens;
        answer.PromptTokens = details.Number("prompt_tokens"u8) ?? answer.PromptTokens;
        if (details.TryGet("finish_reason"u8, out var reason) && reason.ValueEquals("error"u8))
            answer.Error = "finish_reason is error";
    }
}
