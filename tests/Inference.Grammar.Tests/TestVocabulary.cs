using System.Text;
using Inference.Grammar.Vocabulary;

namespace Inference.Grammar.Tests;

/// <summary>Vocabularies for tests: every byte, and tokens that span what grammars keep apart.</summary>
internal static class TestVocabulary
{
    public const int End = 256;

    private static readonly string[] Words =
    [
        "{\"", "\":", "\": ", "\",", "\", \"", "\"}", "},", "}]", "],", ",\n", "{\n  \"", "true", "false", "null", "0.", "10", "-1", "the", "name", "ab", "abc",
        " a", "é", "漢字", "\\n", "\\\"", "\\u00", "[{", "e+", "2024-", "http", "://", "  ", "\n    ", "aaaaaaaa", "12345", "\"a", "a\"", "[]", "{}",
    ];

    /// <summary>All bytes, an end token, and words. Some hold half a character.</summary>
    public static TokenVocabulary Bytes { get; } = Create();

    private static TokenVocabulary Create()
    {
        var tokens = Enumerable.Range(0, 256).Select(value => new[] { (byte)value }).ToList();
        tokens.Add([]);
        tokens.AddRange(Words.Select(Encoding.UTF8.GetBytes));
        tokens.Add([0xE6, 0xBC]);
        tokens.Add([0xBC, 0xA2, (byte)'"']);
        tokens.Add([0xF0, 0x9F]);
        return new TokenVocabulary(tokens, [End], tokens.Count + 5);
    }
}
