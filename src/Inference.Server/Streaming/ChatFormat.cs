using Inference.Protocol.OpenAi;
using Inference.Server.Endpoints;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Streaming;

/// <summary>
/// The answers of /v1/chat/completions. A choice's stream is: the role, pieces of content, and an empty delta with the finish reason.
/// </summary>
internal sealed class ChatFormat(Generation generation, Tokenizer tokenizer) : ResponseFormat
{
    private static readonly ChatDelta Role = new("assistant", "");
    private static readonly ChatDelta Nothing = new(null, null);

    /// <inheritdoc/>
    public override void WriteDelta(SseWriter sse, in ChoiceDelta delta, Usage? usage)
    {
        if (delta.IsFirst)
        {
            Write(sse, new ChatChunkChoice { Index = delta.Index, Delta = Role }, usage);
        }

        if (delta.Text.Length > 0 || delta.Tokens is not null)
        {
            var logprobs = LogprobFormat.ForChat(delta.Tokens, tokenizer);
            Write(sse, new ChatChunkChoice { Index = delta.Index, Delta = new ChatDelta(null, delta.Text), Logprobs = logprobs }, usage);
        }

        if (delta.End is { } end)
        {
            Write(
                sse,
                new ChatChunkChoice { Index = delta.Index, Delta = Nothing, FinishReason = end.FinishReason, StopReason = end.StopReason },
                usage);
        }
    }

    /// <inheritdoc/>
    public override void WriteUsage(SseWriter sse, Usage usage) => sse.Write(Chunk([], usage), OpenAiJsonContext.Default.ChatCompletionChunk);

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, IReadOnlyList<ChoiceText> choices, Usage usage)
    {
        var response = new ChatCompletionResponse
        {
            Id = generation.Id,
            Created = generation.Created,
            Model = generation.Model,
            Choices = [.. choices.Select(ToChoice)],
            Usage = usage,
        };
        return JsonResponse.WriteAsync(context, response, OpenAiJsonContext.Default.ChatCompletionResponse);
    }

    private ChatChoice ToChoice(ChoiceText choice, int index) => new()
    {
        Index = index,
        Message = new ChatMessage(choice.Text),
        Logprobs = LogprobFormat.ForChat(generation.IsReportingLogprobs ? choice.Tokens : null, tokenizer),
        FinishReason = choice.End!.FinishReason,
        StopReason = choice.End.StopReason,
    };

    private void Write(SseWriter sse, ChatChunkChoice choice, Usage? usage) =>
        sse.Write(Chunk([choice], usage), OpenAiJsonContext.Default.ChatCompletionChunk);

    private ChatCompletionChunk Chunk(IReadOnlyList<ChatChunkChoice> choices, Usage? usage) => new()
    {
        Id = generation.Id,
        Created = generation.Created,
        Model = generation.Model,
        Choices = choices,
        Usage = usage,
    };
}
