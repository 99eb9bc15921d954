namespace Inference.Grammar.Patterns;

/// <summary>The character classes that patterns have letters for (ECMA-262, section 22.2.2.9).</summary>
internal static class CharacterClasses
{
    /// <summary>Any character that does not end a line.</summary>
    public static CodePointSet Dot { get; } = CodePointSet.OfRanges([('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)]).Complement();

    public static CodePointSet Digit { get; } = CodePointSet.OfRange('0', '9');

    public static CodePointSet Word { get; } = CodePointSet.OfRanges([('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')]);

    public static CodePointSet Space { get; } = CodePointSet.OfRanges(
        [('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)]);
}
