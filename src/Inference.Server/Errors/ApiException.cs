using Inference.Protocol.OpenAi;

namespace Inference.Server.Errors;

/// <summary>A request cannot be answered; the client is told why. Build it with <see cref="ApiErrors"/>.</summary>
internal sealed class ApiException(int status, ErrorBody error) : Exception(error.Message)
{
    /// <summary>The HTTP status, unless the response has already begun.</summary>
    public int Status { get; } = status;

    /// <summary>What the client sees.</summary>
    public ErrorBody Error { get; } = error;

    /// <summary>When the client may try again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
