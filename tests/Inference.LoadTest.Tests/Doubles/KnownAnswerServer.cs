using System.Net;
using System.Text;

namespace Inference.LoadTest.Tests.Doubles;

/// <summary>Answers as it was told, in virtual time: pieces of a response, each with the wait before it.</summary>
internal sealed class KnownAnswerServer(TimeProvider time, Func<int, ScriptedAnswer> answer) : HttpMessageHandler
{
    private int _requests;

    public List<string> Bodies { get; } = [];

    public List<string> Paths { get; } = [];

    public int Abandoned { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var script = answer(_requests++);
        Paths.Add(request.RequestUri!.PathAndQuery);
        if (request.Content is not null)
        {
            using var body = new MemoryStream();
            await request.Content.CopyToAsync(body, cancellationToken);
            Bodies.Add(Encoding.UTF8.GetString(body.ToArray()));
        }

        await Task.Delay(script.Headers, time, cancellationToken);
        if (script.Refuse is { } reason)
            throw new HttpRequestException(reason);
        var content = new ScriptedContent(new ScriptedStream(script, time, () => Abandoned++));
        content.Headers.TryAddWithoutValidation("Content-Type", script.ContentType);
        return new HttpResponseMessage(script.Status) { Content = content };
    }

    /// <summary>Gives its stream at once: HttpContent's own way of reading would leave the one thread.</summary>
    private sealed class ScriptedContent(Stream stream) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

        protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class ScriptedStream(ScriptedAnswer script, TimeProvider time, Action abandoned) : Stream
    {
        private int _next;
        private bool _disposed;
        private ReadOnlyMemory<byte> _piece;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_piece.IsEmpty)
            {
                if (_next == script.Pieces.Count)
                    return script.Breaks ? throw new IOException("the connection broke") : 0;
                var (delay, text) = script.Pieces[_next++];
                if (delay > TimeSpan.Zero)
                    await Task.Delay(delay, time, cancellationToken);
                _piece = Encoding.UTF8.GetBytes(text);
            }

            var count = Math.Min(buffer.Length, _piece.Length);
            _piece[..count].CopyTo(buffer);
            _piece = _piece[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (_next < script.Pieces.Count && !_disposed)
                abandoned();
            _disposed = true;
            base.Dispose(disposing);
        }
    }
}
