using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Inference.Server.Errors;
using Inference.Server.Options;

namespace Inference.Server.Admission;

/// <summary>Lets only requests with a known key reach /v1. Health, version and metrics stay open: probes carry no key.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ServerOptions options)
{
    private const string Scheme = "Bearer ";

    // Digests of equal length: comparing them takes the same time wherever they differ, and however long the key is.
    private readonly ImmutableArray<byte[]> _digests = [.. options.ApiKeys.Select(Digest)];

    private readonly ImmutableArray<ClientIdentity> _clients =
    [
        .. options.ApiKeys.Select((_, index) => new ClientIdentity($"key {index}", options.ApiKeyWeights.IsEmpty ? 1 : options.ApiKeyWeights[index])),
    ];

    /// <summary>Runs the rest of the pipeline, or refuses.</summary>
    /// <exception cref="ApiException">401.</exception>
    public Task InvokeAsync(HttpContext context)
    {
        if (_digests.IsEmpty || !context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
        {
            return next(context);
        }

        var index = IndexOf(Digest(KeyOf(context.Request.Headers)));
        context.Features.Set(index >= 0 ? _clients[index] : throw ApiErrors.Unauthorized("The API key is not valid."));
        return next(context);
    }

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

    // Looks at every key, so that the time does not tell which one came close.
    private int IndexOf(byte[] digest)
    {
        var index = -1;
        for (var i = 0; i < _digests.Length; i++)
        {
            index = CryptographicOperations.FixedTimeEquals(digest, _digests[i]) ? i : index;
        }

        return index;
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
