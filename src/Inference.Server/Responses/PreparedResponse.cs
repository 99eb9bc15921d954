using System.Text.Json;
using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Serving;
using Inference.Server.Validation;

namespace Inference.Server.Responses;

/// <summary>A request for a response that has passed every check.</summary>
/// <param name="Decoder">Runs it.</param>
/// <param name="Generation">What to run.</param>
/// <param name="Response">The response before it has begun, in progress.</param>
/// <param name="Input">The whole conversation.</param>
internal sealed record PreparedResponse(ServedDecoder Decoder, Generation Generation, ResponseObject Response, IReadOnlyList<JsonElement> Input)
{
    /// <summary>As it is stored.</summary>
    public ResponseRecord ToRecord(string owner, ResponseObject response) => new(owner, response, Input);
}
