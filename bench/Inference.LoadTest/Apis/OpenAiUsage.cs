using System.Text.Json;

namespace Inference.LoadTest.Apis;

/// <summary>What completions and chat completions share.</summary>
internal static class OpenAiUsage
{
    public static void WriteCommon(Utf8JsonWriter body, GenerationOptions options)
    {
        if (options.Model is not null)
            body.WriteString("model"u8, options.Model);
        body.WriteNumber("temperature"u8, options.Temperature);
        if (options.IgnoreEos)
            body.WriteBoolean("ignore_eos"u8, true);
        body.WriteBoolean("stream"u8, options.Stream);
        if (options.Stream)
        {
            body.WriteStartObject("stream_options"u8);
            body.WriteBoolean("include_usage"u8, true);
            body.WriteEndObject();
        }
    }

    public static void Read(JsonElement root, Answer answer)
    {
        if (root.TryGet("error"u8, out var error))
            answer.Error = JsonFields.ErrorText(error);
        if (!root.TryGet("usage"u8, out var usage))
            return;

        answer.PromptTokens = usage.Number("prompt_tokens"u8) ?? answer.PromptTokens;
        answer.OutputTokens = usage.Number("completion_tokens"u8) ?? answer.OutputTokens;
        if (usage.TryGet("prompt_tokens_details"u8, out var details))
            answer.CachedTokens = details.Number("cached_tokens"u8) ?? answer.CachedTokens;
    }
}
