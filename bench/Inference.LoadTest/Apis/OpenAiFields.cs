using System.Text.Json;
using Inference.LoadTest.Data;

namespace Inference.LoadTest.Apis;

/// <summary>What completions and chat completions have in common, and some of it responses too.</summary>
internal static class OpenAiFields
{
    /// <summary>The lengths, the sampling and the way of answering, of completions and chat completions.</summary>
    public static void Write(Utf8JsonWriter body, RequestSpec request, GenerationOptions options)
    {
        WriteGeneration(body, "max_tokens"u8, request, options);
        if (options.Stream)
        {
            body.WriteStartObject("stream_options"u8);
            body.WriteBoolean("include_usage"u8, true);
            body.WriteEndObject();
        }
    }

    /// <param name="body">Gets the properties.</param>
    /// <param name="length">The API's name for the most tokens of an answer.</param>
    /// <param name="request">With that number.</param>
    /// <param name="options">The rest.</param>
    public static void WriteGeneration(Utf8JsonWriter body, ReadOnlySpan<byte> length, RequestSpec request, GenerationOptions options)
    {
        if (options.Model is not null)
            body.WriteString("model"u8, options.Model);
        if (request.OutputTokens > 0)
            body.WriteNumber(length, request.OutputTokens);
        body.WriteNumber("temperature"u8, options.Temperature);
        if (options.IgnoreEos)
            body.WriteBoolean("ignore_eos"u8, true);
        body.WriteBoolean("stream"u8, options.Stream);
    }

    /// <param name="body">Gets the property.</param>
    /// <param name="name">The API's name for them.</param>
    /// <param name="request">With the messages.</param>
    public static void WriteMessages(Utf8JsonWriter body, ReadOnlySpan<byte> name, RequestSpec request)
    {
        body.WriteStartArray(name);
        foreach (var message in request.Messages)
        {
            body.WriteStartObject();
            body.WriteString("role"u8, message.Role);
            body.WriteString("content"u8, message.Content);
            body.WriteEndObject();
        }

        body.WriteEndArray();
    }

    /// <summary>Takes an event's or an answer's error, its usage, and its one choice's end.</summary>
    /// <param name="root">The event or answer.</param>
    /// <param name="answer">Gets them.</param>
    /// <param name="choice">The choice.</param>
    /// <param name="ends">Whether the choice says why it ended.</param>
    /// <returns>Whether there is a choice.</returns>
    public static bool TryReadChoice(JsonElement root, Answer answer, out JsonElement choice, out bool ends)
    {
        if (root.TryGet("error"u8, out var error))
            answer.Error = JsonFields.ErrorText(error);
        if (root.TryGet("usage"u8, out var usage))
            ReadUsage(usage, "prompt_tokens"u8, "completion_tokens"u8, "prompt_tokens_details"u8, answer);
        ends = root.TryFirst("choices"u8, out choice) && choice.TryGet("finish_reason"u8, out _);
        answer.IsFinished |= ends;
        return choice.ValueKind == JsonValueKind.Object;
    }

    /// <summary>Takes the server's counts by the names that an API has for them.</summary>
    public static void ReadUsage(JsonElement usage, ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> output, ReadOnlySpan<byte> promptDetails, Answer answer)
    {
        answer.PromptTokens = usage.Number(prompt) ?? answer.PromptTokens;
        answer.OutputTokens = usage.Number(output) ?? answer.OutputTokens;
        if (usage.TryGet(promptDetails, out var details))
            answer.CachedTokens = details.Number("cached_tokens"u8) ?? answer.CachedTokens;
    }
}
