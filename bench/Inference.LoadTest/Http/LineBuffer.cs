using System.Buffers;

namespace Inference.LoadTest.Http;

/// <summary>Bytes of a response, taken out line by line. Its memory is pooled and grows to the longest line.</summary>
internal sealed class LineBuffer : IDisposable
{
    /// <summary>The longest line: a server's mistake must not take all memory.</summary>
    public const int MaxLine = 64 << 20;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    private int _start;
    private int _searched;
    private int _end;

    /// <summary>Room for what is read next, at least one byte.</summary>
    /// <exception cref="InvalidDataException">The line would be longer than <see cref="MaxLine"/>.</exception>
    public Memory<byte> Space()
    {
        if (_end == _bytes.Length)
            MakeRoom();
        return _bytes.AsMemory(_end);
    }

    public void Received(int count) => _end += count;

    /// <summary>A line without its end; valid until <see cref="Space"/> is called.</summary>
    public bool TryReadLine(out ReadOnlyMemory<byte> line)
    {
        var feed = _bytes.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (feed < 0)
        {
            _searched = _end;
            line = default;
            return false;
        }

        line = Trimmed(_searched + feed);
        _start = _searched = _searched + feed + 1;
        return true;
    }

    /// <summary>What is left when the response is over: a last line without an end, or nothing.</summary>
    public ReadOnlyMemory<byte> Rest() => Trimmed(_end);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private ReadOnlyMemory<byte> Trimmed(int end)
    {
        if (end > _start && _bytes[end - 1] == '\r')
            end--;
        return _bytes.AsMemory(_start, end - _start);
    }

    private void MakeRoom()
    {
        var length = _end - _start;
        if (length >= MaxLine)
            throw new InvalidDataException($"The response has a line of more than {MaxLine} bytes.");

        var target = length > _bytes.Length / 2 ? ArrayPool<byte>.Shared.Rent(_bytes.Length * 2) : _bytes;
        _bytes.AsSpan(_start, length).CopyTo(target);
        if (target != _bytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = target;
        }

        _searched -= _start;
        _start = 0;
        _end = length;
    }
}
