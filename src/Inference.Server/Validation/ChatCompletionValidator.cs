using System.Collections.Immutable;
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
    private const string CloseReasoning = "</think>";

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
        var parsing = Parsing(settings.Constraint is not null, body, tools, text);
        if (settings.Constraint is { } constraint)
        {
            settings = settings with { Constraint = constraint with { Frame = FrameOf(parsing, tools) } };
        }

        return builder.Build(id, body, settings with { Text = WithParsing(settings.Text, parsing) }, [prompt]);
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

    // How the output is to be taken apart. What begins otherwise than its constraint says must begin with one token that tells: without such
    // a token a constrained output has no reasoning, and no calls that nothing forces.
    private OutputParsing? Parsing(bool isConstrained, ChatCompletionRequest body, ToolSettings tools, string prompt)
    {
        var format = tools.IsForced ? ForcedToolCalls.Format(tools) : tools.Mode == ToolMode.Auto ? model.Traits.Tools : null;
        var hasReasoning = model.Traits.HasReasoning;
        if (isConstrained)
        {
            hasReasoning &= TokenOf(OpenReasoning) is not null && TokenOf(CloseReasoning) is not null && !prompt.AsSpan().TrimEnd().EndsWith(CloseReasoning);
            format = tools.IsForced || (format is not null && !MarksOf(format).IsEmpty) ? format : null;
        }

        return format is null && !hasReasoning ? null : new OutputParsing
        {
            Tools = format,
            IsParallel = tools.IsParallel,
            HasReasoning = hasReasoning,
            StartsReasoning = model.Traits.StartsReasoning || prompt.AsSpan().TrimEnd().EndsWith(OpenReasoning),
            IncludesReasoning = body.IncludeReasoning ?? true,
        };
    }

    private AnswerFrame? FrameOf(OutputParsing? parsing, ToolSettings tools)
    {
        if (parsing is null)
        {
            return null;
        }

        var frame = new AnswerFrame
        {
            OpenReasoning = parsing.HasReasoning ? TokenOf(OpenReasoning) : null,
            CloseReasoning = parsing.HasReasoning ? TokenOf(CloseReasoning) : null,
            StartsReasoning = parsing is { HasReasoning: true, StartsReasoning: true },
            ToolMarks = tools.IsForced || parsing.Tools is null ? [] : MarksOf(parsing.Tools),
        };
        return frame.IsEmpty ? null : frame;
    }

    private TextOptions WithParsing(TextOptions text, OutputParsing? parsing) => parsing is null ? text : text with
    {
        // What marks a call is a special token in some vocabularies.
        SkipSpecialTokens = text.SkipSpecialTokens && parsing.Tools?.Marks.Any(IsSpecial) != true,
        Parsing = parsing,
    };

    private ImmutableArray<int> MarksOf(ToolCallFormat format) => [.. format.Marks.Select(TokenOf).OfType<int>()];

    private int? TokenOf(string text) => model.Tokenizer.TokenToId(text) is { } id && id < model.Limits.VocabularySize ? id : null;

    private bool IsSpecial(string token) => model.Tokenizer.TokenToId(token) is { } id && model.Tokenizer.IsSpecial(id);
}
