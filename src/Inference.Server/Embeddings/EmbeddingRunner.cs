using System.Collections.Immutable;
using Inference.Engine;
using Inference.Engine.Requests;
using Inference.Execution.Embeddings;
using Inference.Server.Admission;
using Inference.Server.Errors;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Server.Telemetry;

namespace Inference.Server.Embeddings;

/// <summary>Hands checked texts to a model's engine and waits for their vectors. When the client goes away, the engine is told.</summary>
internal sealed class EmbeddingRunner(
    EmbeddingEngine engine, EmbedderModel model, RateLimits limits, EmbeddingTelemetry telemetry, ServerOptions options, TimeProvider time)
{
    /// <summary>The vectors, in the order of the texts.</summary>
    /// <exception cref="ApiException">429: the queue is full, or the client's limit is reached. 503: the server is about to stop. 504: it took too long.</exception>
    public async Task<ImmutableArray<float[]>> RunAsync(HttpContext context, EmbeddingTexts request)
    {
        using var trace = telemetry.Begin(model.Names[0], request.TokenCount);
        try
        {
            return await SubmitAsync(context, request with { Deadline = Earlier(request.Deadline, DeadlineHeader.Read(context.Request)) });
        }
        catch (Exception exception)
        {
            trace.Error = exception is ApiException { Error.Code: { } code } ? code : "internal_error";
            throw;
        }
    }

    private async Task<ImmutableArray<float[]>> SubmitAsync(HttpContext context, EmbeddingTexts request)
    {
        limits.Take(context.Features.Get<ClientIdentity>() ?? ClientIdentity.Anyone, request.TokenCount);
        using var timeout = new CancellationTokenSource(options.RequestTimeout ?? Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        var submitted = engine.TrySubmit(request, either.Token, out var pending);
        if (submitted != SubmitOutcome.Accepted)
        {
            throw submitted == SubmitOutcome.QueueFull ? ApiErrors.QueueFull()
                : engine.Completion.IsFaulted ? ApiErrors.EngineFailed(model.Names[0])
                : ApiErrors.ShuttingDown();
        }

        try
        {
            var outcome = await pending!.WaitAsync(either.Token);
            return outcome.Reason switch
            {
                FinishReason.Stop => outcome.Vectors,
                FinishReason.Expired => throw ApiErrors.DeadlineExceeded(),
                FinishReason.Cancelled => throw ApiErrors.ShuttingDown(),
                _ => throw ApiErrors.Internal(),
            };
        }
        catch (Exception exception) when (timeout.IsCancellationRequested && exception is OperationCanceledException or ApiException { Error.Code: "shutting_down" })
        {
            throw ApiErrors.TimedOut();
        }
    }

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;
}
