using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Inference.Protocol.OpenAi;

namespace Inference.Server.Endpoints;

/// <summary>Writes JSON straight into the response's own buffers.</summary>
internal static class JsonResponse
{
    /// <summary>Writes <paramref name="value"/> as the whole body.</summary>
    public static async Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        long length;
        await using (var writer = new Utf8JsonWriter(response.BodyWriter, OpenAiJsonContext.WriterOptions))
        {
            JsonSerializer.Serialize(writer, value, type);
            await writer.FlushAsync(context.RequestAborted);
            length = writer.BytesCommitted;
        }

        // With its length known, the connection stays usable without chunks. The body's own count would not do: it is 0 once the client has gone.
        response.ContentLength ??= length;
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Writes <paramref name="error"/> as the whole body; the status is the caller's.</summary>
    public static Task WriteErrorAsync(HttpContext context, ErrorBody error) =>
        WriteAsync(context, new ErrorResponse(error), OpenAiJsonContext.Default.ErrorResponse);
}
