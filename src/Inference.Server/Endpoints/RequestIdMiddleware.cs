using System.Security.Cryptography;

namespace Inference.Server.Endpoints;

/// <summary>Takes a request's id from X-Request-Id, or makes one, and sends it back.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next)
{
    private const string HeaderName = "X-Request-Id";
    private const int MaxLength = 128;

    /// <summary>Runs the rest of the pipeline.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var sent = context.Request.Headers[HeaderName].ToString();
        context.TraceIdentifier = IsUsable(sent) ? sent : RandomNumberGenerator.GetHexString(32, lowercase: true);
        context.Response.Headers[HeaderName] = context.TraceIdentifier;
        return next(context);
    }

    // It ends up in logs and in JSON: only what is plain in both.
    private static bool IsUsable(string id) =>
        id.Length is > 0 and <= MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or '+' or '=');
}
