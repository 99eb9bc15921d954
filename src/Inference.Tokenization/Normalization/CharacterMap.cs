using System.Buffers.Binary;
using System.Text;

namespace Inference.Tokenization.Normalization;

/// <summary>
/// sentencepiece's compiled normalization rules (<c>precompiled_charsmap</c>): the size of a double-array trie in bytes, the trie (Aoe,
/// 1989, in the layout of Darts-clone), and the replacements, each ended by a zero byte. Immutable. Places outside the trie count as
/// absent.
/// </summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    private CharacterMap(uint[] units, byte[] replacements) => (_units, _replacements) = (units, replacements);

    /// <summary>Reads the bytes; null when their sizes do not fit together.</summary>
    public static CharacterMap? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(uint))
            return null;
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        bytes = bytes[sizeof(uint)..];
        if (size > (uint)bytes.Length || size % sizeof(uint) != 0)
            return null;
        uint[] units = new uint[size / sizeof(uint)];
        for (int i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
        return new CharacterMap(units, bytes[(int)size..].ToArray());
    }

    /// <summary>The replacement of the shortest rule that the text (in UTF-8) begins with, or null: the reference takes that one.</summary>
    public string? Find(ReadOnlySpan<byte> text)
    {
        if (_units.Length == 0)
            return null;
        uint place = Offset(_units[0]);
        foreach (byte b in text)
        {
            place ^= b;
            if (place >= _units.Length || Label(_units[place]) != b)
                return null;
            uint unit = _units[place];
            place ^= Offset(unit);
            if (EndsRule(unit))
                return place < _units.Length ? Replacement(_units[place] & 0x7FFF_FFFF) : null;
        }
        return null;
    }

    private static bool EndsRule(uint unit) => (unit >> 8 & 1) != 0;

    // Ten bits down, and eight up again where bit 9 says that the offset is a multiple of 256.
    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);

    /// <summary>The byte that leads to a unit; units that hold a value match no byte.</summary>
    private static uint Label(uint unit) => unit & (1u << 31 | 0xFF);

    private string? Replacement(uint start)
    {
        if (start >= _replacements.Length)
            return null;
        ReadOnlySpan<byte> rest = _replacements.AsSpan((int)start);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
