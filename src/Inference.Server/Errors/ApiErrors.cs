using Inference.Protocol.OpenAi;

namespace Inference.Server.Errors;

/// <summary>Every error that the API gives, in OpenAI's words where it has them.</summary>
internal static class ApiErrors
{
    private const string InvalidRequest = "invalid_request_error";
    private const string ServerError = "server_error";

    /// <summary>400: a field has a wrong value.</summary>
    public static ApiException Invalid(string? param, string message, string? code = null) =>
        new(StatusCodes.Status400BadRequest, new ErrorBody(message, InvalidRequest, param, code));

    /// <summary>400: the prompt, or the prompt and the tokens asked for, do not fit.</summary>
    public static ApiException ContextLengthExceeded(string param, string message, int? promptTokens, int limit) => new(
        StatusCodes.Status400BadRequest,
        new ErrorBody(message, InvalidRequest, param, "context_length_exceeded") { NPromptTokens = promptTokens, NCtx = limit });

    /// <summary>401.</summary>
    public static ApiException Unauthorized(string message) =>
        new(StatusCodes.Status401Unauthorized, new ErrorBody(message, "authentication_error", null, "invalid_api_key"));

    /// <summary>404: no such model.</summary>
    public static ApiException ModelNotFound(string model) =>
        new(StatusCodes.Status404NotFound, new ErrorBody($"The model '{model}' does not exist.", InvalidRequest, "model", "model_not_found"));

    /// <summary>404: no such adapter.</summary>
    public static ApiException AdapterNotFound(string param, string message) =>
        new(StatusCodes.Status404NotFound, new ErrorBody(message, InvalidRequest, param, "not_found"));

    /// <summary>400: the model cannot do what is asked for.</summary>
    public static ApiException WrongModel(string message) => Invalid("model", message, "model_not_supported");

    /// <summary>404: something stored is not there, or somebody else's.</summary>
    /// <param name="param">The field that names it; null for the address.</param>
    /// <param name="what">Its kind.</param>
    /// <param name="id">As it was sent; shown only if it is plain.</param>
    public static ApiException NotFound(string? param, string what, string id)
    {
        var shown = id.Length is > 0 and <= 128 && id.All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol is '_' or '-') ? $" '{id}'" : "";
        return new(StatusCodes.Status404NotFound, new ErrorBody($"{what}{shown} was not found.", InvalidRequest, param, "not_found"));
    }

    /// <summary>409: not now.</summary>
    public static ApiException Conflict(string message) =>
        new(StatusCodes.Status409Conflict, new ErrorBody(message, InvalidRequest, null, "conflict"));

    /// <summary>413: what is to be stored is too large.</summary>
    public static ApiException TooLarge(string param, string message) =>
        new(StatusCodes.Status413PayloadTooLarge, new ErrorBody(message, InvalidRequest, param, "request_too_large"));

    /// <summary>503: the disk cannot keep up with what is to be stored.</summary>
    public static ApiException StorageBehind() => new(
        StatusCodes.Status503ServiceUnavailable,
        new ErrorBody("The server cannot store responses as fast as they are asked for; 'store': false needs no storing.", ServerError, null, "storage_behind"))
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>429: the queue is full.</summary>
    public static ApiException QueueFull() => TooMany("The server is busy: as much as may wait is waiting already. Try again later.", "queue_full", TimeSpan.FromSeconds(1));

    /// <summary>429: the client sends more than it may.</summary>
    public static ApiException RateLimited(int limit, string what, TimeSpan retryAfter) =>
        TooMany($"The limit of {limit} {what} per minute is reached. Try again later.", "rate_limit_exceeded", retryAfter);

    /// <summary>
    /// 504: the request's own deadline passed in the queue. Not 408, which blames the client for sending slowly, nor 503, which invites it to
    /// try again at once.
    /// </summary>
    public static ApiException DeadlineExceeded() =>
        new(
            StatusCodes.Status504GatewayTimeout,
            new ErrorBody("The request's deadline passed while it waited for its turn.", ServerError, "deadline", "deadline_exceeded"));

    /// <summary>504: the answer took longer than the server allows.</summary>
    public static ApiException TimedOut() => new(
        StatusCodes.Status504GatewayTimeout,
        new ErrorBody("The request took longer than this server allows.", ServerError, null, "request_timeout"));

    /// <summary>503: as much as may wait is waiting.</summary>
    public static ApiException NotReady() => new(
        StatusCodes.Status503ServiceUnavailable,
        new ErrorBody("The server is busy: as much as may wait is waiting already.", ServerError, null, "queue_full"))
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>503: the server is about to stop.</summary>
    public static ApiException ShuttingDown() =>
        new(
            StatusCodes.Status503ServiceUnavailable,
            new ErrorBody("The server is shutting down.", ServerError, null, "shutting_down"))
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    /// <summary>503: the model's engine has failed, and takes no more requests until the server is started anew.</summary>
    public static ApiException EngineFailed(string model) => new(
        StatusCodes.Status503ServiceUnavailable,
        new ErrorBody($"The engine of the model '{model}' has failed.", ServerError, "model", "engine_failed"));

    /// <summary>500: something failed here. The message says nothing about the inside.</summary>
    public static ApiException Internal(string message = "The server had an error while processing the request.") =>
        new(StatusCodes.Status500InternalServerError, new ErrorBody(message, ServerError, null, "internal_error"));

    /// <summary>An HTTP status that has no message of its own yet: no such address, a wrong method, a body that is too large.</summary>
    public static ApiException FromStatus(int status, HttpRequest request) => new(status, new ErrorBody(
        status switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {request.Method} {Shortened(request.Path)}.",
            StatusCodes.Status405MethodNotAllowed => $"{request.Method} is not allowed at {Shortened(request.Path)}.",
            StatusCodes.Status408RequestTimeout => "The request's body arrived too slowly.",
            StatusCodes.Status413PayloadTooLarge => "The request's body is too large.",
            StatusCodes.Status415UnsupportedMediaType => "The request's Content-Type must be application/json.",
            >= 500 => "The server had an error while processing the request.",
            _ => "The request is malformed.",
        },
        status >= 500 ? ServerError : InvalidRequest,
        null,
        status switch
        {
            StatusCodes.Status404NotFound => "not_found",
            StatusCodes.Status405MethodNotAllowed => "method_not_allowed",
            StatusCodes.Status413PayloadTooLarge => "request_too_large",
            StatusCodes.Status415UnsupportedMediaType => "unsupported_media_type",
            _ => null,
        }));

    private static ApiException TooMany(string message, string code, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, new ErrorBody(message, "rate_limit_error", null, code)) { RetryAfter = retryAfter };

    private static string Shortened(PathString path)
    {
        var text = path.Value ?? "";
        return text.Length <= 128 ? text : text[..128] + "…";
    }
}
