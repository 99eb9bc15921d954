using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Endpoints;

/// <summary>Reads a request's JSON body. Its size is bounded by Kestrel, its depth by the serializer (64).</summary>
internal static class RequestReader
{
    /// <summary>Reads the body as a <typeparamref name="T"/>.</summary>
    /// <exception cref="ApiException">400 with the field at fault, or 415.</exception>
    /// <exception cref="BadHttpRequestException">The body is too large, too slow, or not well-formed HTTP.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (request.ContentType is not null && !request.HasJsonContentType())
        {
            throw ApiErrors.FromStatus(StatusCodes.Status415UnsupportedMediaType, request);
        }

        try
        {
            return await ParseAsync(request.BodyReader, type, cancellationToken)
                ?? throw ApiErrors.Invalid(null, "The request body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            var error = RequestFormatError.Explain(exception, type);
            throw ApiErrors.Invalid(error.Param, error.Message);
        }
    }

    // All of it before the first look: parsed as it arrives, the same mistake is told in other words when a packet ends beside it.
    private static async Task<T?> ParseAsync<T>(PipeReader body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var read = await body.ReadAsync(cancellationToken);
        while (!read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync(cancellationToken);
        }

        try
        {
            return JsonSerializer.Deserialize(read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : read.Buffer.ToArray(), type);
        }
        finally
        {
            body.AdvanceTo(read.Buffer.End);
        }
    }
}
