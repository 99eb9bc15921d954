namespace Inference.Grammar.Patterns;

/// <summary>The syntax tree of a regular expression.</summary>
internal abstract record RegexNode
{
    private RegexNode()
    {
    }

    /// <summary>One character of a set.</summary>
    public sealed record Character(CodePointSet Set) : RegexNode;

    /// <summary>One after the other; none for the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Items) : RegexNode;

    /// <summary>Any one of several.</summary>
    public sealed record Alternatives(IReadOnlyList<RegexNode> Items) : RegexNode;

    /// <summary>From <paramref name="Min"/> to <paramref name="Max"/> times; null: any number.</summary>
    public sealed record Repeat(RegexNode Item, int Min, int? Max) : RegexNode;

    /// <summary>The text's start.</summary>
    public sealed record Start : RegexNode;

    /// <summary>The text's end.</summary>
    public sealed record End : RegexNode;
}
