using System.Globalization;
using System.Text;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Automata;

/// <summary>From sets of characters to edges of bytes.</summary>
internal static class CharacterEmitter
{
    private const int LastAscii = 0x7F;

    private static readonly CodePointSet Controls = CodePointSet.OfRange(0, 0x1F);

    /// <summary>What a JSON string must escape.</summary>
    private static readonly CodePointSet Escaped = Controls.Union(CodePointSet.OfRanges([('"', '"'), ('\\', '\\')]));

    /// <summary>Where the length of UTF-8 changes.</summary>
    private static readonly int[] LastOfLength = [LastAscii, 0x7FF, 0xFFFF, 0x10FFFF];

    /// <summary>Whether single bytes spell all of a set: no rule of its own is needed then.</summary>
    public static bool IsSmall(CodePointSet set, TextEncoding encoding) =>
        set.IsEmpty || (set.Ranges[^1].High <= LastAscii && (encoding == TextEncoding.Plain || set.Intersect(Escaped).IsEmpty));

    /// <summary>Adds edges for each way to spell a character of the set: one way for each character.</summary>
    public static void Emit(AutomatonBuilder builder, int from, CodePointSet set, TextEncoding encoding, int to)
    {
        if (encoding == TextEncoding.JsonString)
        {
            foreach (var (low, high) in set.Intersect(Escaped).Ranges)
            {
                for (var character = low; character <= high; character++)
                    Connect(builder, from, Encoding.ASCII.GetBytes(Escape((char)character)), to);
            }

            set = set.Except(Escaped);
        }

        foreach (var (low, high) in set.Ranges)
            EmitRange(builder, from, low, high, to);
    }

    /// <summary>A text as it is between the quotes of a JSON string, spelled as <see cref="Emit"/> does.</summary>
    public static byte[] ToJsonString(string text)
    {
        var json = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (Escaped.Contains(character))
                json.Append(Escape(character));
            else
                json.Append(character);
        }

        return Encoding.UTF8.GetBytes(json.ToString());
    }

    private static string Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
    };

    private static void Connect(AutomatonBuilder builder, int from, ReadOnlySpan<byte> bytes, int to)
    {
        from = builder.Literal(from, bytes[..^1]);
        builder.AddBytes(from, bytes[^1], bytes[^1], to);
    }

    private static void EmitRange(AutomatonBuilder builder, int from, int low, int high, int to)
    {
        foreach (var last in LastOfLength)
        {
            if (low > Math.Min(high, last))
                continue;
            EmitSameLength(builder, from, low, Math.Min(high, last), to);
            low = last + 1;
        }
    }

    /// <summary>Splits a range until each of its bytes has a range of its own, whatever the others are.</summary>
    private static void EmitSameLength(AutomatonBuilder builder, int from, int low, int high, int to)
    {
        Span<byte> first = stackalloc byte[4], last = stackalloc byte[4];
        var length = new Rune(low).EncodeToUtf8(first);
        new Rune(high).EncodeToUtf8(last);
        for (var tail = 6 * (length - 1); tail > 0; tail -= 6)
        {
            var mask = (1 << tail) - 1;
            if ((low & ~mask) == (high & ~mask))
                continue;
            if ((low & mask) != 0)
            {
                EmitSameLength(builder, from, low, low | mask, to);
                EmitSameLength(builder, from, (low | mask) + 1, high, to);
                return;
            }

            if ((high & mask) != mask)
            {
                EmitSameLength(builder, from, low, (high & ~mask) - 1, to);
                EmitSameLength(builder, from, high & ~mask, high, to);
                return;
            }
        }

        for (var i = 0; i < length; i++)
        {
            var next = i + 1 < length ? builder.NewState() : to;
            builder.AddBytes(from, first[i], last[i], next);
            from = next;
        }
    }
}
