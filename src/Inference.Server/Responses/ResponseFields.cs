using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Errors;
using Inference.Server.Validation;

namespace Inference.Server.Responses;

/// <summary>The fields of /v1/responses: which are refused, what they are called in chat completions, and how they are told back. Pure.</summary>
internal static class ResponseFields
{
    private const string LogprobsInclude = "message.output_text.logprobs";
    private const int MaxTopLogprobs = 20;
    private static readonly JsonElement NoReasoning = JsonElement.Parse("""{"effort": null, "summary": null}""");

    /// <summary>Refuses what cannot be done, and what is out of range and concerns nobody else.</summary>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public static void Check(CreateResponseRequest body)
    {
        Validation.Check.NotSupported("conversation", body.Conversation is { ValueKind: not JsonValueKind.Null });
        Validation.Check.NotSupported("prompt", body.Prompt is { ValueKind: not JsonValueKind.Null });
        Validation.Check.Range("top_logprobs", body.TopLogprobs, 0, 0, MaxTopLogprobs);
        MetadataCheck.Check(body.Metadata);
        if (body.Truncation is not (null or "auto" or "disabled"))
        {
            throw ApiErrors.Invalid("truncation", "'truncation' must be \"auto\" or \"disabled\".");
        }

        if (body is { Background: true, Store: false })
        {
            throw ApiErrors.Invalid("background", "'background' is only allowed when 'store' is not false: it is to be fetched later.");
        }

        if (body.Reasoning is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
        {
            throw ApiErrors.Invalid("reasoning", "'reasoning' must be an object.");
        }
    }

    /// <summary>The same request to /v1/chat/completions, without its messages.</summary>
    public static ChatCompletionRequest ToChat(CreateResponseRequest body, ResponseTools tools, ResponseText text)
    {
        var reportsLogprobs = body.Include?.Contains(LogprobsInclude) == true;
        return new ChatCompletionRequest
        {
            Model = body.Model,
            Stream = body.Stream,
            MaxCompletionTokens = body.MaxOutputTokens,
            Temperature = body.Temperature,
            TopP = body.TopP,
            TopK = body.TopK,
            MinP = body.MinP,
            Seed = body.Seed,
            RepetitionPenalty = body.RepetitionPenalty,
            PresencePenalty = body.PresencePenalty,
            FrequencyPenalty = body.FrequencyPenalty,
            Stop = body.Stop,
            IgnoreEos = body.IgnoreEos,
            Priority = body.Priority,
            CacheSalt = body.CacheSalt,
            ChatTemplateKwargs = body.ChatTemplateKwargs,
            ReasoningEffort = EffortOf(body.Reasoning),
            Logprobs = reportsLogprobs ? true : null,
            TopLogprobs = reportsLogprobs ? body.TopLogprobs : null,
            Tools = tools.ChatTools,
            ToolChoice = tools.ChatChoice,
            ParallelToolCalls = body.ParallelToolCalls,
            ResponseFormat = text.ChatFormat,
        };
    }

    /// <summary>The response before it has begun.</summary>
    public static ResponseObject ToResponse(CreateResponseRequest body, Generation generation, ResponseTools tools, ResponseText text)
    {
        var sampling = generation.Choices[0].Sampling;
        return new ResponseObject
        {
            Id = generation.Id,
            CreatedAt = generation.Created,
            Status = "in_progress",
            Background = body.Background ?? false,
            Instructions = body.Instructions,
            MaxOutputTokens = body.MaxOutputTokens,
            MaxToolCalls = body.MaxToolCalls,
            Model = generation.Model,
            ParallelToolCalls = body.ParallelToolCalls ?? true,
            PreviousResponseId = body.PreviousResponseId,
            PromptCacheKey = body.PromptCacheKey,
            Reasoning = body.Reasoning is { ValueKind: JsonValueKind.Object } reasoning ? reasoning : NoReasoning,
            SafetyIdentifier = body.SafetyIdentifier,
            Store = body.Store ?? true,

            // As it was sent, where it was: a float would show digits that nobody sent.
            Temperature = body.Temperature ?? Math.Round(sampling.Temperature, 6),
            TopP = body.TopP ?? Math.Round(sampling.TopP, 6),
            Text = text.Text,
            ToolChoice = tools.Choice,
            Tools = tools.Tools,
            TopLogprobs = body.TopLogprobs ?? 0,
            Truncation = body.Truncation ?? "disabled",
            User = body.User,
            Metadata = body.Metadata ?? [],
        };
    }

    /// <summary>What was found wrong with the chat completion, in this address's words.</summary>
    public static ApiException Rename(ApiException exception)
    {
        var error = exception.Error;
        if (error.Param is not { } chat || Renamed(chat) is not { } own)
        {
            return exception;
        }

        var message = error.Message.Replace("'" + chat, "'" + own, StringComparison.Ordinal);
        return new ApiException(exception.Status, error with { Param = own, Message = message }) { RetryAfter = exception.RetryAfter };
    }

    private static string? Renamed(string chat) => chat switch
    {
        "max_completion_tokens" => "max_output_tokens",
        "response_format" => "text.format",

        // Which message it was says little to whoever sent items.
        _ when chat.StartsWith("messages", StringComparison.Ordinal) => "input",
        _ when chat.StartsWith("tools[", StringComparison.Ordinal) => chat.Replace(".function", "", StringComparison.Ordinal),
        _ => null,
    };

    private static string? EffortOf(JsonElement? reasoning) =>
        reasoning is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty("effort", out var effort) && effort.ValueKind == JsonValueKind.String
            ? effort.GetString()
            : null;
}
