using System.Threading.RateLimiting;
using Inference.Server.Errors;
using Inference.Server.Options;

namespace Inference.Server.Admission;

/// <summary>How much each client may send per minute: a bucket of requests and one of prompt tokens, each refilled evenly.</summary>
internal sealed class RateLimits(ServerOptions options) : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<ClientIdentity>? _requests = Limiter(options.RateLimitRequests);
    private readonly PartitionedRateLimiter<ClientIdentity>? _tokens = Limiter(options.RateLimitTokens);

    /// <summary>Takes one request and its tokens out of the client's buckets.</summary>
    /// <exception cref="ApiException">429: a bucket holds too little; says when it will not.</exception>
    public void Take(ClientIdentity client, int promptTokens)
    {
        Take(_requests, client, 1, options.RateLimitRequests, "requests");
        Take(_tokens, client, promptTokens, options.RateLimitTokens, "prompt tokens");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _requests?.Dispose();
        _tokens?.Dispose();
    }

    private static void Take(PartitionedRateLimiter<ClientIdentity>? limiter, ClientIdentity client, int count, int? limit, string what)
    {
        // What is more than a whole bucket takes the whole bucket: it could never be sent otherwise.
        using var lease = limiter?.AttemptAcquire(client, Math.Min(count, limit!.Value));
        if (lease is { IsAcquired: false })
        {
            throw ApiErrors.RateLimited(limit!.Value, what, lease.TryGetMetadata(MetadataName.RetryAfter, out var delay) ? delay : Minute);
        }
    }

    private static PartitionedRateLimiter<ClientIdentity>? Limiter(int? limit)
    {
        if (limit is not { } perMinute)
        {
            return null;
        }

        // Whole permits at a time, and not more often than once a second.
        var permits = (perMinute + 59) / 60;
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = permits,
            ReplenishmentPeriod = Minute / perMinute * permits,
            QueueLimit = 0,
        };
        return PartitionedRateLimiter.Create<ClientIdentity, string>(client => RateLimitPartition.GetTokenBucketLimiter(client.Name, _ => bucket));
    }
}
