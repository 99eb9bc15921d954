using System.Text;

namespace Inference.Tokenization;

/// <summary>
/// The byte-level alphabet of GPT-2 (Radford et al., 2019): a printable character for each byte. Printable Latin-1 stands for itself, the
/// other bytes take U+0100 and on, in order.
/// </summary>
internal static class ByteAlphabet
{
    private const int FirstSubstitute = 0x100;

    private static readonly char[] ByteToChar = new char[256];
    private static readonly short[] CharToByte = new short[FirstSubstitute + 256];

    static ByteAlphabet()
    {
        Array.Fill(CharToByte, (short)-1);
        int substitute = FirstSubstitute;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            ByteToChar[b] = printable ? (char)b : (char)substitute++;
            CharToByte[ByteToChar[b]] = (short)b;
        }
    }

    /// <summary>The byte that the character stands for, or -1.</summary>
    public static int ByteOf(char c) => c < CharToByte.Length ? CharToByte[c] : -1;

    /// <summary>
    /// The most characters that <see cref="Spell(ReadOnlySpan{char}, Span{char})"/> writes for a text of this many UTF-16 units.
    /// </summary>
    public static int MaxSpelledLength(int length) => checked(length * 3);

    /// <summary>Writes one character per UTF-8 byte of the text; how many there are.</summary>
    public static int Spell(ReadOnlySpan<char> text, Span<char> spelled)
    {
        int written = 0;
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
            {
                spelled[written++] = ByteToChar[c];
                continue;
            }
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int units);
            i += units - 1;
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
                spelled[written++] = ByteToChar[b];
        }
        return written;
    }

    public static string Spell(string text)
    {
        char[] spelled = new char[MaxSpelledLength(text.Length)];
        return new string(spelled, 0, Spell(text, spelled));
    }
}
