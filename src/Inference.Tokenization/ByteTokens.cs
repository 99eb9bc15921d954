using System.Globalization;
using System.Text;

namespace Inference.Tokenization;

/// <summary>The tokens that stand for single bytes (&lt;0x00&gt; to &lt;0xFF&gt;), for text that has no other token. Immutable.</summary>
internal sealed class ByteTokens
{
    private readonly int[] _ids = new int[256];

    public ByteTokens(Vocabulary vocabulary)
    {
        for (int b = 0; b < 256; b++)
            _ids[b] = vocabulary.Find($"<0x{b.ToString("X2", CultureInfo.InvariantCulture)}>");
    }

    /// <summary>
    /// Writes one id for each UTF-8 byte of the text; how many, or 0 when one of them has no token. At most three are needed for each
    /// UTF-16 unit.
    /// </summary>
    public int Write(ReadOnlySpan<char> text, Span<int> ids)
    {
        int count = 0;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (_ids[b] < 0)
                    return 0;
                ids[count++] = _ids[b];
            }
        }
        return count;
    }
}
