using Inference.Protocol.OpenAi;
using Inference.Server.Endpoints;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Streaming;

/// <summary>The answers of /v1/completions.</summary>
internal sealed class CompletionFormat(Generation generation, Tokenizer tokenizer) : ResponseFormat
{
    private readonly bool _withTop = generation.TopLogprobs > 0;

    /// <inheritdoc/>
    public override void WriteDelta(SseWriter sse, in ChoiceDelta delta, Usage? usage) =>
        sse.Write(Response([ToChoice(delta.Index, delta.Text, delta.Tokens, delta.End)], usage), OpenAiJsonContext.Default.CompletionResponse);

    /// <inheritdoc/>
    public override void WriteUsage(SseWriter sse, Usage usage) => sse.Write(Response([], usage), OpenAiJsonContext.Default.CompletionResponse);

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, IReadOnlyList<ChoiceText> choices, Usage usage)
    {
        var response = Response([.. choices.Select((choice, index) => ToChoice(index, choice.Text, choice.Tokens, choice.End))], usage);
        return JsonResponse.WriteAsync(context, response, OpenAiJsonContext.Default.CompletionResponse);
    }

    private CompletionChoice ToChoice(int index, string text, IReadOnlyList<TokenText>? tokens, ChoiceEnd? end) => new()
    {
        Index = index,
        Text = text,
        Logprobs = LogprobFormat.ForCompletion(generation.IsReportingLogprobs ? tokens : null, _withTop, tokenizer),
        FinishReason = end?.FinishReason,
        StopReason = end?.StopReason,
    };

    private CompletionResponse Response(IReadOnlyList<CompletionChoice> choices, Usage? usage) => new()
    {
        Id = generation.Id,
        Created = generation.Created,
        Model = generation.Model,
        Choices = choices,
        Usage = usage,
    };
}
