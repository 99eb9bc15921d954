using System.Text;

namespace Inference.Tokenization.Patterns;

/// <summary>Replaces each match of a literal or of a pattern by a fixed text.</summary>
internal sealed class TextReplacer
{
    private readonly Pattern? _pattern;

    private TextReplacer(string? literal, Pattern? pattern, string replacement)
    {
        (Literal, _pattern, Replacement) = (literal, pattern, replacement);
    }

    /// <summary>The literal that is replaced, which is not empty; null for a pattern.</summary>
    public string? Literal { get; }

    public string Replacement { get; }

    public static TextReplacer ForLiteral(string literal, string replacement) =>
        literal.Length > 0 ? new(literal, null, replacement) : new(null, Pattern.Literal(""), replacement);

    public static TextReplacer ForPattern(Pattern pattern, string replacement) => new(null, pattern, replacement);

    public string Replace(string text)
    {
        if (Literal is not null)
            return text.Replace(Literal, Replacement, StringComparison.Ordinal);
        if (text.Length == 0)
            return text;
        StringBuilder? result = null;
        int copied = 0;
        var matches = new MatchEnumerator(_pattern!, text);
        while (matches.TryNext(out int start, out int end))
        {
            result ??= new StringBuilder(text.Length);
            result.Append(text, copied, start - copied).Append(Replacement);
            copied = end;
        }
        matches.Dispose();
        return result is null ? text : result.Append(text, copied, text.Length - copied).ToString();
    }
}
