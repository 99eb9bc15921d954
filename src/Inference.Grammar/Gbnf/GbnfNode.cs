using Inference.Grammar.Patterns;

namespace Inference.Grammar.Gbnf;

/// <summary>The syntax tree of one rule's right side.</summary>
internal abstract record GbnfNode
{
    private GbnfNode()
    {
    }

    /// <summary>A text.</summary>
    public sealed record Literal(string Text) : GbnfNode;

    /// <summary>One character of a set.</summary>
    public sealed record Character(CodePointSet Set) : GbnfNode;

    /// <summary>A text of a rule.</summary>
    public sealed record Call(string Rule) : GbnfNode;

    /// <summary>One after the other; none for the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<GbnfNode> Items) : GbnfNode;

    /// <summary>Any one of several.</summary>
    public sealed record Alternatives(IReadOnlyList<GbnfNode> Items) : GbnfNode;

    /// <summary>From <paramref name="Min"/> to <paramref name="Max"/> times; null: any number.</summary>
    public sealed record Repeat(GbnfNode Item, int Min, int? Max) : GbnfNode;
}
