using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Server.Validation;

/// <summary>From a conversation to the prompt's text, by the model's chat template or the request's own.</summary>
internal sealed class ChatPromptRenderer(ServedModel model, TimeProvider time)
{
    private const string ReasoningEffort = "reasoning_effort";

    /// <summary>Renders the conversation.</summary>
    /// <param name="body">With the messages and what else concerns the template.</param>
    /// <param name="tools">Checked definitions, or null for none.</param>
    /// <exception cref="ApiException">400 that names the field at fault.</exception>
    public string Render(ChatCompletionRequest body, JsonElement? tools)
    {
        if (body is { ContinueFinalMessage: true, AddGenerationPrompt: true })
        {
            throw ApiErrors.Invalid("continue_final_message", "'continue_final_message' and 'add_generation_prompt' cannot both be true.");
        }

        if (body.Documents is { ValueKind: not (JsonValueKind.Array or JsonValueKind.Null) })
        {
            throw ApiErrors.Invalid("documents", "'documents' must be an array.");
        }

        var template = TemplateFor(body);
        var messages = ChatMessages.Normalize(body.Messages, model.Traits);
        var text = Render(template, body, messages, tools);
        return body.ContinueFinalMessage == true ? UpToFinalMessage(text, messages) : text;
    }

    /// <summary>The text of the last message, when it is the assistant's; null otherwise.</summary>
    /// <param name="messages">Rendered without an error.</param>
    public string? FinalAssistantText(JsonElement messages)
    {
        var last = ChatMessages.Normalize(messages, model.Traits).EnumerateArray().Last();
        return last.GetProperty("role").ValueEquals("assistant") ? last.GetProperty("content").GetString() : null;
    }

    private ChatTemplate TemplateFor(ChatCompletionRequest body)
    {
        if (body.ChatTemplate is not { } source)
        {
            return model.ChatTemplate ?? throw ApiErrors.Invalid("messages", "This model has no chat template; use /v1/completions.");
        }

        try
        {
            return ChatTemplate.Parse(source);
        }
        catch (ChatTemplateException exception)
        {
            throw ApiErrors.Invalid("chat_template", $"'chat_template' cannot be used: {exception.Message}");
        }
    }

    private string Render(ChatTemplate template, ChatCompletionRequest body, JsonElement messages, JsonElement? tools)
    {
        try
        {
            return template.Render(new ChatTemplateInput
            {
                Messages = messages,
                Tools = tools,
                Documents = body.Documents is { ValueKind: JsonValueKind.Array } documents ? documents : null,
                AddGenerationPrompt = body.AddGenerationPrompt ?? body.ContinueFinalMessage != true,
                BosToken = model.BosToken,
                EosToken = model.EosToken,
                Variables = Variables(body),
                Now = time.GetLocalNow(),
            });
        }
        catch (ChatTemplateException exception)
        {
            throw ApiErrors.Invalid("messages", $"The model's chat template cannot take these messages: {exception.Message}");
        }
    }

    private static Dictionary<string, JsonElement>? Variables(ChatCompletionRequest body)
    {
        if (body.ReasoningEffort is not { } effort || body.ChatTemplateKwargs?.ContainsKey(ReasoningEffort) == true)
        {
            return body.ChatTemplateKwargs;
        }

        return new Dictionary<string, JsonElement>(body.ChatTemplateKwargs ?? [])
        {
            [ReasoningEffort] = JsonSerializer.SerializeToElement(effort, OpenAiJsonContext.Default.String),
        };
    }

    // What a template puts after the last message ends it: the model goes on only if that is cut off.
    private static string UpToFinalMessage(string text, JsonElement messages)
    {
        var final = messages.EnumerateArray().Last();
        if (!final.GetProperty("role").ValueEquals("assistant") || final.GetProperty("content").GetString() is not { } content)
        {
            throw ApiErrors.Invalid("continue_final_message", "'continue_final_message' needs a last message that is the assistant's and has text.");
        }

        var start = text.LastIndexOf(content.Trim(), StringComparison.Ordinal);
        if (start < 0)
        {
            throw ApiErrors.Invalid("continue_final_message", "'continue_final_message': the model's chat template does not show the last message as it is.");
        }

        // The template may have trimmed it.
        var whole = content.TrimStart();
        return string.CompareOrdinal(text, start, whole, 0, whole.Length) == 0 ? text[..(start + whole.Length)] : text[..(start + content.Trim().Length)];
    }
}
