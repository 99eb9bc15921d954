using System.Buffers;
using System.Text;

namespace Inference.Grammar.Vocabulary;

/// <summary>
/// Plain characters are those that a JSON string holds as they are, but for line separators, which "." in a pattern leaves out. Most tokens are made of nothing else: where any number of plain
/// characters may follow, all those tokens may, and none of them needs to be looked at. Short ones make a level of their own, for where
/// the number is limited.
/// </summary>
internal static class PlainText
{
    /// <summary>The level of tokens with anything else in them.</summary>
    public const byte OtherLevel = 4;

    /// <summary>The level of plain tokens of any length.</summary>
    public const byte AnyLevel = 3;

    /// <summary>The most characters of tokens up to level 1, and 2.</summary>
    private static readonly int[] MaxLengths = [4, 16];

    /// <summary>The ways to spell a plain character: ranges of bytes, one after the other (Unicode Standard, table 3-7).</summary>
    public static (byte Low, byte High)[][] Spellings { get; } =
    [
        [(0x20, 0x21)],
        [(0x23, 0x5B)],
        [(0x5D, 0x7F)],
        [(0xC2, 0xDF), (0x80, 0xBF)],
        [(0xE0, 0xE0), (0xA0, 0xBF), (0x80, 0xBF)],
        [(0xE1, 0xE1), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xE2, 0xE2), (0x80, 0x80), (0x80, 0xA7)],
        [(0xE2, 0xE2), (0x80, 0x80), (0xAA, 0xBF)],
        [(0xE2, 0xE2), (0x81, 0xBF), (0x80, 0xBF)],
        [(0xE3, 0xEC), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xED, 0xED), (0x80, 0x9F), (0x80, 0xBF)],
        [(0xEE, 0xEF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF0, 0xF0), (0x90, 0xBF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF1, 0xF3), (0x80, 0xBF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF4, 0xF4), (0x80, 0x8F), (0x80, 0xBF), (0x80, 0xBF)],
    ];

    /// <summary>The lowest level that a token belongs to.</summary>
    public static byte LevelOf(ReadOnlySpan<byte> token)
    {
        var length = 0;
        while (!token.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(token, out var rune, out var consumed) != OperationStatus.Done || rune.Value < ' ' || rune.Value is '"' or '\\' or 0x2028 or 0x2029)
                return OtherLevel;
            token = token[consumed..];
            length++;
        }

        return length <= MaxLengths[0] ? (byte)1 : length <= MaxLengths[1] ? (byte)2 : AnyLevel;
    }

    /// <summary>The highest level whose tokens have at most this many characters; 0 for none.</summary>
    public static byte LevelWithin(int length) => length >= MaxLengths[1] ? (byte)2 : length >= MaxLengths[0] ? (byte)1 : (byte)0;

    /// <summary>The most characters that <see cref="LevelWithin"/> tells apart.</summary>
    public static int LongestLimited => MaxLengths[^1];
}
