using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// Reads the header of a GGUF file from front to back. Every count and length is checked against the bytes that are left before anything is
/// allocated for it, and errors name the file and what was being read.
/// </summary>
internal sealed class GgufStream(CheckpointFile file)
{
    /// <summary>No header is this long (the largest vocabularies take some 20 MB); bounds what a hostile file can make us hold.</summary>
    private const long MaxHeaderBytes = 512L << 20;

    private const int BufferSize = 64 * 1024;

    /// <summary>The longest string that is read into the stack.</summary>
    private const int ShortString = 512;

    /// <summary>What an object takes besides its content, and what points to it.</summary>
    private const int ObjectBytes = 32;

    /// <summary>What decoding allocates, for a moment, at every byte that is no UTF-8: an array of it in each of two passes.</summary>
    private const int ReplacementBytes = 2 * ObjectBytes;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[Math.Min(BufferSize, file.Length)];
    private readonly long _end = Math.Min(file.Length, MaxHeaderBytes);
    private long _budget = file.Length + (file.Length / 2) + BufferSize;
    private long _bufferStart;
    private int _bufferLength;

    /// <summary>Of the next byte to read.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes that are left to read.</summary>
    public long Remaining => _end - Position;

    /// <summary>What is being read, for messages: a metadata key or a tensor.</summary>
    public string Subject { get; set; } = "header";

    public byte ReadByte()
    {
        Span<byte> bytes = stackalloc byte[1];
        Read(bytes);
        return bytes[0];
    }

    public uint ReadUInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong ReadUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A number of things that follow, each at least <paramref name="minimumBytes"/> long.</summary>
    public int ReadCount(string what, int minimumBytes, int maximum)
    {
        var count = ReadUInt64();
        if (count > (ulong)maximum || count > (ulong)(Remaining / minimumBytes))
        {
            throw Error($"the number of {what}, {count}, is more than the file can hold or than the limit of {maximum}");
        }

        return (int)count;
    }

    /// <summary>A name: short, valid UTF-8.</summary>
    public string ReadName(string what, int maximumBytes)
    {
        var bytes = ReadStringBytes(what, maximumBytes);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ModelFormatException(Error($"{what} is not valid UTF-8").Message, exception);
        }
    }

    /// <summary>A value; invalid UTF-8 (some vocabularies have it) becomes replacement characters.</summary>
    public string ReadText(int maximumBytes)
    {
        var count = ReadCount("bytes in a string", 1, maximumBytes);
        Charge(ObjectBytes + ((sizeof(byte) + sizeof(char)) * (long)count));
        Span<byte> bytes = count <= ShortString ? stackalloc byte[count] : new byte[count];
        Read(bytes);
        if (!Utf8.IsValid(bytes))
        {
            Charge(ReplacementBytes * (long)count);
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>
    /// Takes what is about to be allocated from a budget of one and a half times the file's size: small strings and arrays take several
    /// times as much in memory as in the file, and there is no model that consists of them.
    /// </summary>
    public void Charge(long bytes)
    {
        _budget -= bytes;
        if (_budget < 0)
        {
            throw Error("the metadata would take more memory than such a file is worth");
        }
    }

    /// <summary>Fixed-size little-endian elements; <paramref name="count"/> comes from <see cref="ReadCount"/>.</summary>
    public T[] ReadArray<T>(int count)
        where T : unmanaged
    {
        Charge(ObjectBytes + (Unsafe.SizeOf<T>() * (long)count));
        var elements = new T[count];
        Read(MemoryMarshal.AsBytes(elements.AsSpan()));
        return elements;
    }

    /// <summary>An exception that names the file and the subject.</summary>
    public ModelFormatException Error(string what) => file.Error($"{Subject}: {what}");

    private byte[] ReadStringBytes(string what, int maximumBytes)
    {
        var count = ReadCount($"bytes in {what}", 1, maximumBytes);
        Charge(ObjectBytes + count);
        var bytes = new byte[count];
        Read(bytes);
        return bytes;
    }

    private void Read(Span<byte> destination)
    {
        if (destination.Length > Remaining)
        {
            throw Error(file.Length > _end
                ? $"the header is over {MaxHeaderBytes} bytes long"
                : $"the file ends here, at byte {file.Length}");
        }

        while (!destination.IsEmpty)
        {
            if (Position == _bufferStart + _bufferLength)
            {
                _bufferStart = Position;
                _bufferLength = (int)Math.Min(_buffer.Length, Remaining);
                file.Read(_bufferStart, _buffer.AsSpan(0, _bufferLength));
            }

            var available = _buffer.AsSpan((int)(Position - _bufferStart), (int)(_bufferStart + _bufferLength - Position));
            var count = Math.Min(available.Length, destination.Length);
            available[..count].CopyTo(destination);
            destination = destination[count..];
            Position += count;
        }
    }
}
