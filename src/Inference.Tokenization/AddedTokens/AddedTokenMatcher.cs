using System.Buffers;
using System.Text;
using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.AddedTokens;

/// <summary>
/// Finds added tokens in a text: at each place the longest, from left to right. Immutable and thread-safe. The search for the next place
/// is the runtime's multi-string search, which is linear in the text.
/// </summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<string, (int Id, AddedToken Token)> _tokens;
    private readonly Dictionary<string, (int Id, AddedToken Token)>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly SearchValues<string> _anyToken;
    private readonly Dictionary<char, int[]> _lengthsByFirst;

    /// <param name="tokens">The texts to look for (not empty) with the tokens they stand for.</param>
    public AddedTokenMatcher(Dictionary<string, (int Id, AddedToken Token)> tokens)
    {
        _tokens = tokens;
        _lookup = _tokens.GetAlternateLookup<ReadOnlySpan<char>>();
        _anyToken = SearchValues.Create([.. tokens.Keys], StringComparison.Ordinal);
        _lengthsByFirst = tokens.Keys.GroupBy(text => text[0]).ToDictionary(
            group => group.Key, group => group.Select(text => text.Length).Distinct().OrderDescending().ToArray());
    }

    /// <summary>
    /// The next token at or after <paramref name="from"/>, with the white space it takes along (but none before
    /// <paramref name="taken"/>, where the token before it ended); null when there is none.
    /// </summary>
    public AddedTokenMatch? Next(ReadOnlySpan<char> text, int from, int taken)
    {
        while (from < text.Length && text[from..].IndexOfAny(_anyToken) is var offset and >= 0)
        {
            int start = from + offset;
            (int id, AddedToken token, int length) = LongestAt(text[start..]);
            int end = start + length;
            from = end;
            if (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
                continue;
            if (token.LeftStrip)
                start = Math.Max(text[..start].TrimEnd().Length, taken);
            if (token.RightStrip)
                end = text.Length - text[end..].TrimStart().Length;
            return new AddedTokenMatch(id, start, end, from);
        }
        return null;
    }

    private (int Id, AddedToken Token, int Length) LongestAt(ReadOnlySpan<char> text)
    {
        foreach (int length in _lengthsByFirst[text[0]])
        {
            if (length <= text.Length && _lookup.TryGetValue(text[..length], out (int Id, AddedToken Token) found))
                return (found.Id, found.Token, length);
        }
        throw new InvalidOperationException("No added token stands where the search found one.");
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && UnicodeSets.RustWord.Contains(rune.Value);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && UnicodeSets.RustWord.Contains(rune.Value);
}
