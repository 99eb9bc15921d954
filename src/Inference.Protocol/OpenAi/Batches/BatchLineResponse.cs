using System.Text.Json;

namespace Inference.Protocol.OpenAi.Batches;

/// <summary>The answer to a request of a batch.</summary>
/// <param name="StatusCode">As in HTTP.</param>
/// <param name="RequestId">The request's id.</param>
/// <param name="Body">As in HTTP.</param>
public sealed record BatchLineResponse(int StatusCode, string RequestId, JsonElement Body);
