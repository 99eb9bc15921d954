using System.Text;
using System.Text.RegularExpressions;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Changes bytes as a broken download, a bad tool or an attacker would.</summary>
internal sealed partial class Mutator(Random random)
{
    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "2147483647", "2147483648", "-9223372036854775808", "9223372036854775807", "18446744073709551616", "1e999", "0.5",
        "null",
    ];

    private static readonly string[] Values = ["null", "true", "[]", "{}", "\"\"", "\"F32\"", "[[[[]]]]", "[1,2,3]", "{\"a\":{\"b\":1}}"];

    private static readonly string[] Strings =
        ["\"\"", "\"model_type\"", "\"\\u0000\\n\"", "\"\\ud800\"", $"\"{new string('x', 300)}\""];

    private static readonly ulong[] Words =
        [0, 1, 3, 255, 65535, 0x7FFFFFFF, 0xFFFFFFFF, 1UL << 32, 1UL << 40, 1UL << 56, 1UL << 62, ulong.MaxValue];

    /// <summary>A number, a value or a name of a JSON text changed, or some of its bytes.</summary>
    public byte[] Json(byte[] json)
    {
        var text = Encoding.UTF8.GetString(json);
        return random.Next(5) switch
        {
            0 => Bytes(json),
            1 => Replace(text, ValuePattern().Matches(text), Values),
            2 => Replace(text, StringPattern().Matches(text), Strings),
            _ => Replace(text, NumberPattern().Matches(text), Numbers),
        };
    }

    /// <summary>Bytes changed, cut out or doubled, or eight or four of them set to a number that is hard to bear.</summary>
    public byte[] Bytes(byte[] original)
    {
        List<byte> bytes = [.. original];
        for (var count = random.Next(1, 4); count > 0 && bytes.Count > 8; count--)
        {
            var at = random.Next(bytes.Count - 8);
            var length = random.Next(1, Math.Min(40, bytes.Count - at) + 1);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3 when random.Next(4) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    var word = BitConverter.GetBytes(Words[random.Next(Words.Length)]).AsSpan(0, random.Next(2) == 0 ? 4 : 8);
                    for (var i = 0; i < word.Length; i++)
                    {
                        bytes[at + i] = word[i];
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    private byte[] Replace(string text, MatchCollection places, string[] by)
    {
        if (places.Count == 0)
        {
            return Bytes(Encoding.UTF8.GetBytes(text));
        }

        var place = places[random.Next(places.Count)];
        return Encoding.UTF8.GetBytes(text[..place.Index] + by[random.Next(by.Length)] + text[(place.Index + place.Length)..]);
    }

    [GeneratedRegex("-?[0-9][0-9.eE+-]*")]
    private static partial Regex NumberPattern();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex StringPattern();

    [GeneratedRegex("(?<=:\\s*)(\"[^\"]*\"|[^\\s\",\\[{}\\]]+|\\[[^\\]]*\\])")]
    private static partial Regex ValuePattern();
}
