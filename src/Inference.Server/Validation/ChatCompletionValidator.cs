using System.Text.Json;
using Inference.Grammar;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Parsing;
using Inference.Server.Serving;

namespace Inference.Server.Validation;

/// <summary>From the body of /v1/chat/completions to a <see cref="Generation"/>.</summary>
internal sealed class ChatCompletionValidator(GenerationBuilder builder, ChatPromptRenderer renderer, PromptEncoder encoder, ServedModel model)
{
    private const string OpenReasoning = "<think>";

    /// <summary>Checks everything, renders the chat template, then tokenises.</summary>
    /// <exception cref="ApiException">The request cannot be run; says which field is at fault.</exception>
    public Generation Validate(ChatCompletionRequest body, string id)
    {
        CheckUnsupported(body);
        var settings = builder.CheckSettings(body, TopLogprobs(body));
        var tools = ToolValidator.Validate(body);
        settings = settings with { Constraint = ConstraintOf(settings, tools) };
        var text = renderer.Render(body, tools.Tools);
        var prompt = Prepare(text, body);
        return builder.Build(id, body, settings with { Text = WithParsing(settings, body, tools, text) }, [prompt]);
    }

    private static ResponseConstraint? ConstraintOf(GenerationSettings settings, ToolSettings tools)
    {
        if (!tools.IsForced)
        {
            return settings.Constraint;
        }

        Check.NotSupported("use_beam_search", settings.Beams is not null);
        return settings.Constraint is null
            ? new ResponseConstraint("tools", new ConstraintSpec.JsonSchema(ForcedToolCalls.Schema(tools)))
            : throw ApiErrors.Invalid(settings.Constraint.Param, $"'{settings.Constraint.Param}' and a 'tool_choice' that forces a call cannot be used together.");
    }

    private PreparedPrompt Prepare(string text, ChatCompletionRequest body)
    {
        var (asked, askedParam) = body.MaxCompletionTokens is { } tokens ? (tokens, "max_completion_tokens") : (body.MaxTokens, "max_tokens");
        var ids = encoder.Encode(text, "messages", body.AddSpecialTokens ?? false);
        ids = PromptTruncation.Apply(ids, body, model.Limits.MaxModelLength - (asked ?? 1));
        return new PreparedPrompt(ids, PromptLimits.MaxTokens(ids.Length, asked, askedParam, otherwise: null, "messages", model.Limits))
        {
            Echo = body.Echo == true ? renderer.FinalAssistantText(body.Messages!.Value) : null,
        };
    }

    private static void CheckUnsupported(ChatCompletionRequest body)
    {
        Check.NotSupported("audio", body.Audio is { ValueKind: not JsonValueKind.Null });
        if (body.Modalities is { } modalities && modalities.Any(modality => modality != "text"))
        {
            throw ApiErrors.Invalid("modalities", "'modalities' may only have \"text\": this server generates nothing else.", "unsupported_parameter");
        }

        if (body.Functions is { ValueKind: not JsonValueKind.Null })
        {
            throw ApiErrors.Invalid("functions", "'functions' is not supported by this server: use 'tools'.", "unsupported_parameter");
        }
    }

    private int? TopLogprobs(ChatCompletionRequest body)
    {
        if (body.Logprobs == true)
        {
            return builder.CheckLogprobs("top_logprobs", body.TopLogprobs ?? 0);
        }

        return body.TopLogprobs is null
            ? null
            : throw ApiErrors.Invalid("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true.");
    }

    private TextOptions WithParsing(GenerationSettings settings, ChatCompletionRequest body, ToolSettings tools, string prompt)
    {
        var text = settings.Text;
        var format = tools.IsForced ? ForcedToolCalls.Format(tools) : tools.Mode == ToolMode.Auto ? model.Traits.Tools : null;

        // What must follow a grammar from its first token on has no reasoning.
        var hasReasoning = model.Traits.HasReasoning && settings.Constraint is null;
        if (format is null && !hasReasoning)
        {
            return text;
        }

        return text with
        {
            // What marks a call is a special token in some vocabularies.
            SkipSpecialTokens = text.SkipSpecialTokens && format?.Marks.Any(IsSpecial) != true,
            Parsing = new OutputParsing
            {
                Tools = format,
                IsParallel = tools.IsParallel,
                HasReasoning = hasReasoning,
                StartsReasoning = model.Traits.StartsReasoning || prompt.AsSpan().TrimEnd().EndsWith(OpenReasoning),
                IncludesReasoning = body.IncludeReasoning ?? true,
            },
        };
    }

    private bool IsSpecial(string token) => model.Tokenizer.TokenToId(token) is { } id && model.Tokenizer.IsSpecial(id);
}
