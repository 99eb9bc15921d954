using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Server.Validation;

/// <summary>From the body of /v1/chat/completions to a <see cref="Generation"/>.</summary>
internal sealed class ChatCompletionValidator(GenerationBuilder builder, PromptEncoder encoder, ServedModel model, TimeProvider time)
{
    private const int MaxTools = 128;

    /// <summary>Checks everything, renders the chat template, then tokenises.</summary>
    /// <exception cref="ApiException">The request cannot be run; says which field is at fault.</exception>
    public Generation Validate(ChatCompletionRequest body, string id)
    {
        var settings = builder.CheckSettings(body, TopLogprobs(body));
        var text = ReadConversation(body);
        var ids = encoder.Encode(text, "messages", body.AddSpecialTokens ?? false);
        var (asked, askedParam) = body.MaxCompletionTokens is { } tokens ? (tokens, "max_completion_tokens") : (body.MaxTokens, "max_tokens");
        var maxTokens = PromptLimits.MaxTokens(ids.Length, asked, askedParam, otherwise: null, "messages", model.Limits);
        return builder.Build(id, body, settings, [(ids, maxTokens)]);
    }

    private string ReadConversation(ChatCompletionRequest body)
    {
        try
        {
            return Render(body, ChatMessages.Normalize(body.Messages), Tools(body));
        }
        catch (InvalidOperationException)
        {
            // JSON can spell half a surrogate pair, and only reading the text as text shows it.
            throw ApiErrors.Invalid("messages", "'messages' must be valid Unicode text.");
        }
    }

    private static int? TopLogprobs(ChatCompletionRequest body)
    {
        if (body.Logprobs == true)
        {
            return Check.Range("top_logprobs", body.TopLogprobs, 0, 0, SamplingValidator.MaxLogprobs);
        }

        return body.TopLogprobs is null
            ? null
            : throw ApiErrors.Invalid("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true.");
    }

    private static JsonElement? Tools(ChatCompletionRequest body)
    {
        var choice = body.ToolChoice is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        if (body.ToolChoice is not null && choice is not ("none" or "auto"))
        {
            throw ApiErrors.Invalid("tool_choice", "'tool_choice' must be \"none\" or \"auto\".", "unsupported_parameter");
        }

        if (body.Tools is not { } tools)
        {
            return choice == "auto" ? throw ApiErrors.Invalid("tool_choice", "'tool_choice' is only allowed with 'tools'.") : null;
        }

        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() is 0 or > MaxTools)
        {
            throw ApiErrors.Invalid("tools", $"'tools' must be an array of 1 to {MaxTools} objects.");
        }

        return tools.EnumerateArray().All(tool => tool.ValueKind == JsonValueKind.Object)
            ? choice == "none" ? null : tools
            : throw ApiErrors.Invalid("tools", "'tools' must be an array of objects.");
    }

    private string Render(ChatCompletionRequest body, JsonElement messages, JsonElement? tools)
    {
        if (model.ChatTemplate is not { } template)
        {
            throw ApiErrors.Invalid("messages", "This model has no chat template; use /v1/completions.");
        }

        try
        {
            return template.Render(new ChatTemplateInput
            {
                Messages = messages,
                Tools = tools,
                AddGenerationPrompt = body.AddGenerationPrompt ?? true,
                BosToken = model.BosToken,
                EosToken = model.EosToken,
                Variables = body.ChatTemplateKwargs,
                Now = time.GetLocalNow(),
            });
        }
        catch (ChatTemplateException exception)
        {
            throw ApiErrors.Invalid("messages", $"The model's chat template cannot take these messages: {exception.Message}");
        }
    }
}
