using Inference.Server.Endpoints;

namespace Inference.Server.Errors;

/// <summary>Turns every failure into an error object: exceptions, and statuses that nobody has given a body.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    /// <summary>Runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode >= 400)
            {
                await WriteAsync(context, ApiErrors.FromStatus(context.Response.StatusCode, context.Request));
            }
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer, and nothing is wrong.
            Log.ClientGone(logger, context.TraceIdentifier, exception.GetType().Name);
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Explain(context, exception));
        }
    }

    /// <summary>What the client is told about <paramref name="exception"/>; anything unexpected is logged and told nothing of.</summary>
    public static ApiException Explain(HttpContext context, Exception exception, ILogger logger)
    {
        switch (exception)
        {
            case ApiException known:
                return known;
            case BadHttpRequestException bad:
                return ApiErrors.FromStatus(bad.StatusCode, context.Request);
            default:
                Log.Failed(logger, context.TraceIdentifier, exception);
                return ApiErrors.Internal();
        }
    }

    /// <summary>Logs what nobody expected of work that no client waits for.</summary>
    public static void LogFailure(ILogger logger, string id, Exception exception) => Log.Failed(logger, id, exception);

    private ApiException Explain(HttpContext context, Exception exception) => Explain(context, exception, logger);

    private static async Task WriteAsync(HttpContext context, ApiException error)
    {
        context.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } delay)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(delay.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await JsonResponse.WriteErrorAsync(context, error.Error);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Request {RequestId}: the client has gone ({Exception}).")]
        public static partial void ClientGone(ILogger logger, string requestId, string exception);

        [LoggerMessage(2, LogLevel.Error, "Request {RequestId} failed.")]
        public static partial void Failed(ILogger logger, string requestId, Exception exception);
    }
}
