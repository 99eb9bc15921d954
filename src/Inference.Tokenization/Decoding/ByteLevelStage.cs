using System.Buffers;
using System.Text;

namespace Inference.Tokenization.Decoding;

/// <summary>
/// Reads tokens in the <see cref="ByteAlphabet"/>; one with any other character stands for its own UTF-8. Bytes that may still become a
/// character are held back; invalid ones become U+FFFD, one for each maximal part (Unicode Standard, section 3.9).
/// </summary>
internal sealed class ByteLevelStage : DecoderStage
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public override void Push(string token)
    {
        if (!TryWriteBytes(token))
            Encoding.UTF8.GetBytes(token, _bytes);
        ReadOnlySpan<byte> bytes = _bytes.WrittenSpan;
        int held = IncompleteTail(bytes);
        if (held == bytes.Length)
            return;
        Span<byte> tail = stackalloc byte[4];
        bytes[^held..].CopyTo(tail);
        Emit(Encoding.UTF8.GetString(bytes[..^held]));
        _bytes.ResetWrittenCount();
        _bytes.Write(tail[..held]);
    }

    protected override void EndStream()
    {
        if (_bytes.WrittenCount > 0)
            Emit(Encoding.UTF8.GetString(_bytes.WrittenSpan));
    }

    private bool TryWriteBytes(string token)
    {
        Span<byte> bytes = _bytes.GetSpan(token.Length + 1);
        for (int i = 0; i < token.Length; i++)
        {
            int value = ByteAlphabet.ByteOf(token[i]);
            if (value < 0)
                return false;
            bytes[i] = (byte)value;
        }
        _bytes.Advance(token.Length);
        return true;
    }

    /// <summary>How many bytes at the end begin a character that more bytes could complete.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            if ((bytes[^back] & 0xC0) != 0x80)
                return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData ? back : 0;
        }
        return 0;
    }
}
