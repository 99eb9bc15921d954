namespace Inference.Tokenization.Patterns;

/// <summary>
/// A compiled pattern that works on Unicode code points, as the patterns of tokenizer.json mean it (.NET's Regex works on UTF-16 units and
/// misses all letters outside the basic plane). Immutable; a search makes its own <see cref="PatternMatcher"/>.
/// </summary>
internal sealed class Pattern
{
    private Pattern(PatternNode node)
    {
        (Code, Registers) = PatternCompiler.Compile(node);
        First = node.First;
    }

    /// <summary>The instructions; the match starts at the first.</summary>
    public PatternInstruction[] Code { get; }

    public int Registers { get; }

    /// <summary>The code points with which a match may start; null when that is not known.</summary>
    public CodePointSet? First { get; }

    /// <exception cref="PatternException">The pattern is malformed or uses something unsupported.</exception>
    public static Pattern Parse(string pattern) => new(PatternParser.Parse(pattern));

    /// <summary>A pattern that matches the text itself.</summary>
    public static Pattern Literal(string text) => new(new PatternNode.Sequence(
        [.. text.EnumerateRunes().Select(rune => new PatternNode.One(CodePointSet.Of(rune.Value)))]));

    /// <summary>A pattern that matches a run of the first set's members, or one of the second's.</summary>
    public static Pattern OneOrMoreOfEither(CodePointSet first, CodePointSet second) => new(new PatternNode.Alternation(
        [.. new[] { first, second }.Select(set => new PatternNode.Repeat(new PatternNode.One(set), 1, int.MaxValue, Lazy: false))]));
}
