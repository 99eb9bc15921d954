using System.Buffers.Binary;
using System.Text;

namespace Inference.Tokenization.SentencePiece;

/// <summary>
/// Reads the fields of one protobuf message (protobuf.dev, "Encoding") from memory; nothing is allocated but strings that are there. Its
/// errors are <see cref="FormatException"/>s.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int MaxVarintBytes = 10;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = message;
    private WireType _type;

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5,
    }

    /// <summary>Goes to the next field, whose value is to be read or skipped; false at the message's end.</summary>
    public bool TryReadField(out int number)
    {
        number = 0;
        if (_rest.IsEmpty)
            return false;
        ulong tag = ReadVarint();
        _type = (WireType)(tag & 7);
        if (tag >> 3 is 0 or > 0x1FFF_FFFF)
            throw new FormatException("a field has no valid number");
        number = (int)(tag >> 3);
        return true;
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        Expect(WireType.Bytes);
        ulong length = ReadVarint();
        return length <= (ulong)_rest.Length ? Take((int)length) : throw new FormatException("a field is longer than the file");
    }

    public string ReadText()
    {
        try
        {
            return StrictUtf8.GetString(ReadBytes());
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("a string is not valid UTF-8", e);
        }
    }

    public float ReadFloat()
    {
        Expect(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));
    }

    /// <summary>An int32, enum or bool.</summary>
    public int ReadInteger()
    {
        Expect(WireType.Varint);
        return (int)ReadVarint();
    }

    public void Skip()
    {
        switch (_type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                Take(sizeof(ulong));
                break;
            case WireType.Bytes:
                ReadBytes();
                break;
            case WireType.Fixed32:
                Take(sizeof(uint));
                break;
            default:
                throw new FormatException($"wire type {(int)_type} is not known");
        }
    }

    private readonly void Expect(WireType type)
    {
        if (_type != type)
            throw new FormatException($"a field has wire type {(int)_type}, not {(int)type}");
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int i = 0; i < MaxVarintBytes; i++)
        {
            byte b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
                return value;
        }
        throw new FormatException("a number has too many bytes");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw new FormatException("it ends in the middle of a field");
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
