using Inference.Server.Errors;

namespace Inference.Server.Admission;

/// <summary>Lets only requests with a known key reach the model. Health, version and metrics stay open: probes carry no key.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeyStore keys)
{
    private const string Scheme = "Bearer ";
    private static readonly string[] Guarded = ["/v1", "/v2", "/tokenize", "/detokenize", "/score", "/rerank", "/debug"];

    /// <summary>Runs the rest of the pipeline, or refuses.</summary>
    /// <exception cref="ApiException">401.</exception>
    public Task InvokeAsync(HttpContext context)
    {
        if (!keys.IsOpen && IsGuarded(context.Request.Path))
        {
            context.Features.Set(keys.Find(KeyOf(context.Request.Headers)) ?? throw ApiErrors.Unauthorized("The API key is not valid."));
        }

        return next(context);
    }

    /// <summary>Whether a path asks for a key, where keys are set.</summary>
    public static bool IsGuarded(PathString path) => Array.Exists(Guarded, prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    private static string KeyOf(IHeaderDictionary headers)
    {
        var header = headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return header[Scheme.Length..].Trim();
        }

        return headers.TryGetValue("X-Api-Key", out var key)
            ? key.ToString()
            : throw ApiErrors.Unauthorized("An API key is needed: send it as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'.");
    }
}
