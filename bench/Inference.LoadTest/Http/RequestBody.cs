using System.Net;
using System.Net.Http.Headers;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Http;

/// <summary>A body that is ready, and that notes when it went out.</summary>
internal sealed class RequestBody : HttpContent
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly RequestRecord _record;
    private readonly RunClock _clock;

    public RequestBody(ReadOnlyMemory<byte> bytes, RequestRecord record, RunClock clock)
    {
        (_bytes, _record, _clock) = (bytes, record, clock);
        Headers.ContentType = Json;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _record.Sending = _clock.Now;
        await stream.WriteAsync(_bytes, cancellationToken);
        _record.Sent = _clock.Now;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }
}
