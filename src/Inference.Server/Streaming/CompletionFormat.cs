using Inference.Protocol.OpenAi;
using Inference.Server.Endpoints;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Streaming;

/// <summary>The answers of /v1/completions.</summary>
internal sealed class CompletionFormat(Generation generation, Tokenizer tokenizer) : ChunkFormat(generation.IncludeUsage)
{
    private static readonly ChoiceEnd PromptOnlyEnd = new("length", null);

    private readonly LogprobFormat _logprobs = new(tokenizer, generation.SpellsTokenIds);

    /// <inheritdoc/>
    public override void WriteDelta(SseWriter sse, in ChoiceDelta delta, Usage? usage)
    {
        var choice = Visible(delta);
        if (!choice.IsEmpty || choice.IsFirst)
        {
            sse.Write(Response([ToChoice(choice)], usage), OpenAiEventJsonContext.Default.CompletionResponse);
        }
    }

    /// <inheritdoc/>
    protected override void WriteUsage(SseWriter sse, Usage usage) => sse.Write(Response([], usage), OpenAiEventJsonContext.Default.CompletionResponse);

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, IReadOnlyList<ChoiceText> choices, Usage usage)
    {
        var response = Response([.. choices.Select((choice, index) => ToChoice(Visible(choice.ToDelta(index))))], usage);
        return JsonResponse.WriteAsync(context, response, OpenAiEventJsonContext.Default.CompletionResponse);
    }

    private ChoiceDelta Visible(in ChoiceDelta delta) => generation.IsPromptOnly
        ? delta with { Text = "", Tokens = null, TokenIds = null, End = delta.End is null ? null : PromptOnlyEnd }
        : delta;

    private CompletionChoice ToChoice(in ChoiceDelta choice)
    {
        var prompt = generation.Prompts[choice.Index / generation.AnsweredPerPrompt];
        return new CompletionChoice
        {
            Index = choice.Index,
            Text = (choice.IsFirst ? prompt.Echo : null) + choice.Text,
            Logprobs = generation.TopLogprobs is null ? null : _logprobs.ForCompletion(TokensOf(choice, prompt)),
            FinishReason = choice.End?.FinishReason,
            StopReason = choice.End?.StopReason,
            PromptLogprobs = choice.IsFirst && generation.PromptLogprobs is { } top
                ? _logprobs.ForPrompt(prompt.TokenIds.Span, choice.PromptLogprobs, top)
                : null,
            PromptTokenIds = choice.IsFirst && generation.Text.IsReportingTokenIds ? prompt.TokenIds : default(ReadOnlyMemory<int>?),
            TokenIds = choice.TokenIds,
        };
    }

    // An echoed prompt's tokens come first, and the text's offsets after them.
    private IReadOnlyList<TokenText>? TokensOf(in ChoiceDelta choice, PreparedPrompt prompt)
    {
        if (prompt.Echo is not { } echo)
        {
            return choice.Tokens;
        }

        var generated = choice.Tokens?.Select(token => token with { Offset = token.Offset + echo.Length });
        return choice.IsFirst
            ? [.. EchoedPrompt.Tokens(echo, prompt.TokenIds.Span, choice.PromptLogprobs, tokenizer), .. generated ?? []]
            : generated?.ToList();
    }

    private CompletionResponse Response(IReadOnlyList<CompletionChoice> choices, Usage? usage) => new()
    {
        Id = generation.Id,
        Created = generation.Created,
        Model = generation.Model,
        SystemFingerprint = generation.Fingerprint,
        ServiceTier = generation.ServiceTier,
        Choices = choices,
        Usage = usage,
    };
}
