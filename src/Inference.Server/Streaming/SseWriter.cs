using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Inference.Protocol.OpenAi;

namespace Inference.Server.Streaming;

/// <summary>Writes server-sent events straight into the response's buffers. Nothing reaches the client before <see cref="FlushAsync"/>.</summary>
internal sealed class SseWriter : IDisposable
{
    private readonly PipeWriter _body;
    private readonly Utf8JsonWriter _json;

    /// <summary>Sets the response's headers.</summary>
    public SseWriter(HttpResponse response)
    {
        SetHeaders(response);
        _body = response.BodyWriter;
        _json = new Utf8JsonWriter(_body, OpenAiJsonContext.WriterOptions);
    }

    /// <summary>Sets the headers of a stream of events.</summary>
    public static void SetHeaders(HttpResponse response)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";

        // Tells nginx and its kin to pass on each event as it comes.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>One event with <paramref name="value"/> as its data.</summary>
    public void Write<T>(T value, JsonTypeInfo<T> type)
    {
        _body.Write("data: "u8);
        _json.Reset();
        JsonSerializer.Serialize(_json, value, type);
        _json.Flush();
        _body.Write("\n\n"u8);
    }

    /// <summary>A comment: no event, but a sign of life.</summary>
    public void WriteKeepAlive() => _body.Write(": keep-alive\n\n"u8);

    /// <summary>One event with a name, and <paramref name="value"/> as its data.</summary>
    public void Write<T>(string name, T value, JsonTypeInfo<T> type)
    {
        _body.Write("event: "u8);
        Encoding.UTF8.GetBytes(name, _body);
        _body.Write("\n"u8);
        Write(value, type);
    }

    /// <summary>The event that ends a stream.</summary>
    public void WriteDone() => _body.Write("data: [DONE]\n\n"u8);

    /// <summary>Sends what was written; waits while the client is slower than the model.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken) => await _body.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Detached from the body first: nothing half-written may follow.
        _json.Reset();
        _json.Dispose();
    }
}
