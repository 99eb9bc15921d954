using System.Buffers.Binary;
using System.Text;
using Inference.Tokenization.Normalization;

namespace Inference.Tokenization.Tests.Normalization;

public sealed class CharacterMapTests
{
    private const uint HasRule = 1 << 8;
    private const uint TimesTwoHundredFiftySix = 1 << 9;
    private const uint Value = 1u << 31;

    [Theory]
    [InlineData("a", "b")]
    [InlineData("axé", "bxee")]
    [InlineData("xyz😀", "xyz😀")]
    [InlineData("", "")]
    // A grapheme is looked up as a whole, and the rule that it begins with takes all of it.
    [InlineData("a\u0301x", "bx")]
    // Too long for that: code point by code point.
    [InlineData("a\u0301\u0301\u0301", "b\u0301\u0301\u0301")]
    public void Normalize_ByRules_ReplacesGraphemesOrCodePoints(string text, string expected) =>
        Assert.Equal(expected, new CharacterMapNormalizer(CharacterMap.Parse(Rules())!).Normalize(text));

    [Theory]
    [InlineData("")]
    [InlineData("000000")]
    [InlineData("0500000000")]
    [InlineData("02000000FFFF")]
    [InlineData("FFFFFFFF00")]
    public void Parse_OfSizesThatDoNotFit_IsNull(string bytes) => Assert.Null(CharacterMap.Parse(Convert.FromHexString(bytes)));

    [Fact]
    public void Normalize_ByRandomUnits_StaysWithinThem()
    {
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[4 + random.Next(1, 400) * 4 + random.Next(8)];
            random.NextBytes(bytes);
            BinaryPrimitives.WriteInt32LittleEndian(bytes, (bytes.Length - 4) / 4 * 4);
            Assert.NotNull(new CharacterMapNormalizer(CharacterMap.Parse(bytes)!).Normalize("aé中😀 hello"));
        }
    }

    /// <summary>a becomes b, é (0xC3 0xA9) becomes ee.</summary>
    private static byte[] Rules()
    {
        uint[] units = new uint[0x500];
        units[0] = 1 << 10 | TimesTwoHundredFiftySix;
        units[0x100 ^ 'a'] = 'a' | HasRule | (0x100u ^ 'a' ^ 0x200) << 10;
        units[0x200] = Value | 0;
        units[0x100 ^ 0xC3] = 0xC3 | (0x100u ^ 0xC3 ^ 0x400) << 10;
        units[0x400 ^ 0xA9] = 0xA9 | HasRule | (0x400u ^ 0xA9 ^ 0x201) << 10;
        units[0x201] = Value | 2;
        byte[] replacements = Encoding.UTF8.GetBytes("b\0ee\0");
        byte[] bytes = new byte[4 + units.Length * 4 + replacements.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, units.Length * 4);
        for (int i = 0; i < units.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 + i * 4), units[i]);
        replacements.CopyTo(bytes.AsSpan(4 + units.Length * 4));
        return bytes;
    }
}
