using System.Runtime.CompilerServices;

namespace Inference.Server.Responses;

/// <summary>
/// A response's stream of server-sent events, kept from its first byte on: one writes, and any number follow, each from where it likes.
/// Event number n is the n-th, from 0 on.
/// </summary>
internal sealed class EventLog : Stream
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _bytes = new();
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isComplete;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The part of a whole log that comes after an event.</summary>
    public static ReadOnlyMemory<byte> After(ReadOnlyMemory<byte> log, int sequenceNumber)
    {
        for (var seen = 0; seen <= sequenceNumber;)
        {
            var end = log.Span.IndexOf("\n\n"u8);
            if (end < 0)
            {
                return default;
            }

            // Signs of life are between the events.
            seen += log.Span.StartsWith(":"u8) ? 0 : 1;
            log = log[(end + 2)..];
        }

        return log;
    }

    /// <summary>All of it so far.</summary>
    public byte[] ToArray()
    {
        lock (_lock)
        {
            return _bytes.ToArray();
        }
    }

    /// <summary>The events after one (-1: all), as they come, until the log is complete.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> FollowAsync(int sequenceNumber, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Where the events begin is looked for in all of the log until it is found.
        var skipped = -1L;
        while (true)
        {
            byte[] bytes;
            Task news;
            bool isComplete;
            lock (_lock)
            {
                bytes = _bytes.GetBuffer().AsSpan((int)Math.Max(skipped, 0), (int)(_bytes.Length - Math.Max(skipped, 0))).ToArray();
                (news, isComplete) = (_news.Task, _isComplete);
            }

            var part = skipped < 0 ? After(bytes, sequenceNumber) : bytes;
            if (!part.IsEmpty)
            {
                skipped = Math.Max(skipped, 0) + bytes.Length;
                yield return part;
            }

            if (isComplete)
            {
                yield break;
            }

            await news.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
        }

        _news.TrySetResult();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        TaskCompletionSource news;
        lock (_lock)
        {
            _bytes.Write(buffer);
            news = _news;
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        news.TrySetResult();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _bytes.Dispose();
        }

        base.Dispose(disposing);
    }
}
