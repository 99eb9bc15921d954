using Inference.Protocol.OpenAi;
using Inference.Server.Endpoints;
using Inference.Server.Parsing;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Streaming;

/// <summary>
/// The answers of /v1/chat/completions. A choice's stream is: the role, pieces of the message, and an empty delta with the finish reason.
/// </summary>
internal sealed class ChatFormat(Generation generation, Tokenizer tokenizer) : ChunkFormat(generation.IncludeUsage)
{
    private static readonly ChatDelta Role = new("assistant", "");
    private static readonly ChatDelta Nothing = new(null, null);

    private readonly LogprobFormat _logprobs = new(tokenizer, generation.SpellsTokenIds);

    /// <inheritdoc/>
    public override void WriteDelta(SseWriter sse, in ChoiceDelta delta, Usage? usage)
    {
        if (delta.IsFirst)
        {
            WriteFirst(sse, delta.Index, usage);
        }

        var choice = new ChatChunkChoice
        {
            Index = delta.Index,
            Delta = Nothing,
            Logprobs = generation.TopLogprobs is null ? null : _logprobs.ForChat(delta.Tokens),
            TokenIds = delta.TokenIds,
        };
        if (delta.Parts is { } parts)
        {
            // What is said of tokens goes with the first piece: they are of all of them.
            for (var i = 0; i < parts.Count; i++)
            {
                var piece = i == 0 ? choice : choice with { Logprobs = null, TokenIds = null };
                Write(sse, piece with { Delta = ToDelta(parts[i]) }, usage);
            }
        }
        else if (delta.Text.Length > 0 || choice.Logprobs is not null || choice.TokenIds is not null)
        {
            Write(sse, delta.Text.Length > 0 ? choice with { Delta = new ChatDelta(null, delta.Text) } : choice, usage);
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
    protected override void WriteUsage(SseWriter sse, Usage usage) => sse.Write(Chunk([], usage), OpenAiEventJsonContext.Default.ChatCompletionChunk);

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, IReadOnlyList<ChoiceText> choices, Usage usage)
    {
        var prompt = generation.Prompts[0].TokenIds;
        var response = new ChatCompletionResponse
        {
            Id = generation.Id,
            Created = generation.Created,
            Model = generation.Model,
            SystemFingerprint = generation.Fingerprint,
            ServiceTier = generation.ServiceTier,
            Choices = [.. choices.Select((choice, index) => ToChoice(choice.ToDelta(index)))],
            Usage = usage,
            PromptLogprobs = generation.PromptLogprobs is { } top ? _logprobs.ForPrompt(prompt.Span, choices[0].ToDelta(0).PromptLogprobs, top) : null,
            PromptTokenIds = generation.Text.IsReportingTokenIds ? prompt : default(ReadOnlyMemory<int>?),
        };
        return JsonResponse.WriteAsync(context, response, OpenAiJsonContext.Default.ChatCompletionResponse);
    }

    private void WriteFirst(SseWriter sse, int index, Usage? usage)
    {
        var chunk = Chunk([new ChatChunkChoice { Index = index, Delta = Role }], usage);
        sse.Write(
            generation.Text.IsReportingTokenIds ? chunk with { PromptTokenIds = generation.Prompts[0].TokenIds } : chunk,
            OpenAiEventJsonContext.Default.ChatCompletionChunk);
        if (generation.Prompts[0].Echo is { } echo)
        {
            Write(sse, new ChatChunkChoice { Index = index, Delta = new ChatDelta(null, echo) }, usage);
        }
    }

    private ChatDelta ToDelta(in MessagePart part) => part.Kind switch
    {
        MessagePartKind.Content => new ChatDelta(null, part.Text),
        MessagePartKind.Reasoning => Nothing with { ReasoningContent = part.Text },
        MessagePartKind.Call => Nothing with { ToolCalls = [new ToolCall(part.CallIndex, NewCallId(), new ToolCallFunction(part.Text, ""))] },
        _ => Nothing with { ToolCalls = [new ToolCall(part.CallIndex, null, new ToolCallFunction(null, part.Text))] },
    };

    private ChatChoice ToChoice(in ChoiceDelta choice) => new()
    {
        Index = choice.Index,
        Message = ToMessage(choice),

        // No token is no reason for no list: it was asked for.
        Logprobs = generation.TopLogprobs is null ? null : _logprobs.ForChat(choice.Tokens ?? []),
        FinishReason = choice.End!.FinishReason,
        StopReason = choice.End.StopReason,
        TokenIds = choice.TokenIds,
    };

    private ChatMessage ToMessage(in ChoiceDelta choice)
    {
        var echo = generation.Prompts[0].Echo;
        if (choice.Parts is not { } parts)
        {
            return new ChatMessage(echo + choice.Text);
        }

        var reasoning = Text(parts, MessagePartKind.Reasoning);
        var calls = parts.Where(part => part.Kind is MessagePartKind.Call or MessagePartKind.Arguments)
            .GroupBy(part => part.CallIndex)
            .Select(call => new ToolCall(null, NewCallId(), new ToolCallFunction(Text(call, MessagePartKind.Call), Text(call, MessagePartKind.Arguments))))
            .ToList();
        var content = echo + Text(parts, MessagePartKind.Content);
        return new ChatMessage(content.Length == 0 && calls.Count > 0 ? null : content)
        {
            ReasoningContent = reasoning.Length > 0 ? reasoning : null,
            ToolCalls = calls.Count > 0 ? calls : null,
        };
    }

    private string NewCallId() => generation.Text.Parsing!.NewCallId();

    private static string Text(IEnumerable<MessagePart> parts, MessagePartKind kind) =>
        string.Concat(parts.Where(part => part.Kind == kind).Select(part => part.Text));

    private void Write(SseWriter sse, ChatChunkChoice choice, Usage? usage) =>
        sse.Write(Chunk([choice], usage), OpenAiEventJsonContext.Default.ChatCompletionChunk);

    private ChatCompletionChunk Chunk(IReadOnlyList<ChatChunkChoice> choices, Usage? usage) => new()
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
