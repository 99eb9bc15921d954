using Inference.Server.Admission;
using Inference.Server.Errors;
using Inference.Server.Options;
using Inference.Server.Telemetry;
using Inference.Server.Validation;

namespace Inference.Server.Streaming;

/// <summary>Runs a generation and writes its answer, as a stream or whole. When the client goes away, the engine is told.</summary>
internal sealed class GenerationResponder(
    GenerationSubmitter submitter,
    GenerationTelemetry telemetry,
    ServerOptions options,
    TimeProvider time,
    ILogger<GenerationResponder> logger)
{
    private readonly StreamKeepAlive _keepAlive = new(options.SseKeepAlive, time);

    /// <summary>Answers the request of <paramref name="context"/>.</summary>
    /// <exception cref="ApiException">There is no answer, and none has begun.</exception>
    public async Task RespondAsync(HttpContext context, Generation generation, ResponseFormat format)
    {
        using var trace = telemetry.Begin(generation);
        try
        {
            using var choices = submitter.Submit(generation, ClientIdentity.Of(context));
            trace.Choices = choices;
            using var limit = new TimeLimit(options.RequestTimeout, choices, time);
            await using var cancellation = context.RequestAborted.UnsafeRegister(static choices => ((ChoiceSet)choices!).Cancel(), choices);
            var run = new GenerationRun(context, generation, choices, limit, trace);
            await limit.RunAsync(generation.Stream ? StreamAsync(run, format) : WriteWholeAsync(run, format));
        }
        catch (Exception exception)
        {
            trace.Error = exception is ApiException { Error.Code: { } code } ? code : "internal_error";
            throw;
        }
    }

    private static async Task WriteWholeAsync(GenerationRun run, ResponseFormat format)
    {
        ChoiceText[] texts = [.. Enumerable.Range(0, run.Choices.Count).Select(_ => new ChoiceText())];
        await foreach (var batch in run.Choices.ReadAsync())
        {
            foreach (var delta in batch)
            {
                texts[delta.Index].Add(delta);
            }
        }

        var best = BestChoices.Of(texts, run.Generation.ChoicesPerPrompt, run.Generation.AnsweredPerPrompt);
        await format.WriteAsync(run.Context, best, run.Usage);
    }

    // The response begins with the first token, so that a request the engine refuses still gets a proper status; or with the first sign of
    // life, if that token takes long.
    private async Task StreamAsync(GenerationRun run, ResponseFormat format)
    {
        SseWriter? sse = null;
        var aborted = run.Context.RequestAborted;
        try
        {
            await using var batches = run.Choices.ReadAsync().GetAsyncEnumerator(CancellationToken.None);
            var first = batches.MoveNextAsync().AsTask();
            sse = await _keepAlive.UntilAsync(first, run.Context.Response);
            for (var hasBatch = await first; hasBatch; hasBatch = await batches.MoveNextAsync())
            {
                sse ??= new SseWriter(run.Context.Response);
                var usage = run.Generation.ContinuousUsage ? run.Usage : null;
                for (var i = 0; i < batches.Current.Count; i++)
                {
                    format.WriteDelta(sse, batches.Current[i], usage);
                }

                await sse.FlushAsync(aborted);
            }

            format.WriteEnd(sse!, run.Usage);
        }
        catch (Exception exception) when (sse is not null && !aborted.IsCancellationRequested)
        {
            // Too late for a status: the stream itself says what happened, and ends.
            var error = ErrorMiddleware.Explain(run.Context, run.Limit.Explain(exception), logger).Error;
            run.Trace.Error = error.Code;
            format.WriteError(sse, error);
        }

        await sse!.FlushAsync(aborted);
        sse.Dispose();
    }
}
