using Inference.Protocol.OpenAi;
using Inference.Server.Admission;
using Inference.Server.Errors;
using Inference.Server.Validation;

namespace Inference.Server.Streaming;

/// <summary>Runs a generation and writes its answer, as a stream or whole. When the client goes away, the engine is told.</summary>
internal sealed class GenerationResponder(GenerationSubmitter submitter, ILogger<GenerationResponder> logger)
{
    /// <summary>Answers the request of <paramref name="context"/>.</summary>
    /// <exception cref="ApiException">There is no answer, and none has begun.</exception>
    public async Task RespondAsync(HttpContext context, Generation generation, ResponseFormat format)
    {
        using var choices = submitter.Submit(generation, context.Features.Get<ClientIdentity>() ?? ClientIdentity.Anyone);
        await using var cancellation = context.RequestAborted.UnsafeRegister(static choices => ((ChoiceSet)choices!).Cancel(), choices);
        if (generation.Stream)
        {
            await StreamAsync(context, generation, choices, format);
        }
        else
        {
            await WriteWholeAsync(context, generation, choices, format);
        }
    }

    private static async Task WriteWholeAsync(HttpContext context, Generation generation, ChoiceSet choices, ResponseFormat format)
    {
        ChoiceText[] texts = [.. Enumerable.Range(0, choices.Count).Select(_ => new ChoiceText())];
        await foreach (var batch in choices.ReadAsync())
        {
            foreach (var delta in batch)
            {
                texts[delta.Index].Add(delta);
            }
        }

        var best = BestChoices.Of(texts, generation.ChoicesPerPrompt, generation.AnsweredPerPrompt);
        await format.WriteAsync(context, best, UsageOf(generation, choices));
    }

    // The response begins with the first token, so that a request the engine refuses still gets a proper status.
    private async Task StreamAsync(HttpContext context, Generation generation, ChoiceSet choices, ResponseFormat format)
    {
        SseWriter? sse = null;
        try
        {
            await foreach (var batch in choices.ReadAsync())
            {
                sse ??= new SseWriter(context.Response);
                var usage = generation.ContinuousUsage ? UsageOf(generation, choices) : null;
                for (var i = 0; i < batch.Count; i++)
                {
                    format.WriteDelta(sse, batch[i], usage);
                }

                await sse.FlushAsync(context.RequestAborted);
            }

            if (generation.IncludeUsage)
            {
                format.WriteUsage(sse!, UsageOf(generation, choices));
            }
        }
        catch (Exception exception) when (sse is not null && !context.RequestAborted.IsCancellationRequested)
        {
            // Too late for a status: the stream itself says what happened, and ends.
            var error = ErrorMiddleware.Explain(context, exception, logger).Error;
            sse.Write(new ErrorResponse(error), OpenAiJsonContext.Default.ErrorResponse);
        }

        sse!.WriteDone();
        await sse.FlushAsync(context.RequestAborted);
        sse.Dispose();
    }

    private static Usage UsageOf(Generation generation, ChoiceSet choices) => new(generation.PromptTokens, generation.IsPromptOnly ? 0 : choices.CompletionTokens)
    {
        PromptTokensDetails = new PromptTokensDetails(choices.CachedTokens(generation.ChoicesPerPrompt)),
        CompletionTokensDetails = new CompletionTokensDetails(choices.ReasoningTokens),
    };
}
