namespace Inference.Tokenization.Patterns;

/// <summary>A node of a parsed pattern.</summary>
internal abstract record PatternNode
{
    private PatternNode()
    {
    }

    /// <summary>True when the node may match the empty text.</summary>
    public abstract bool IsNullable { get; }

    /// <summary>The code points with which a match may start; null when it may start with any, or be empty.</summary>
    public abstract CodePointSet? First { get; }

    /// <summary>One code point of a set.</summary>
    public sealed record One(CodePointSet Set) : PatternNode
    {
        public override bool IsNullable => false;

        public override CodePointSet? First => Set;
    }

    public sealed record Sequence(IReadOnlyList<PatternNode> Items) : PatternNode
    {
        public override bool IsNullable => Items.All(item => item.IsNullable);

        public override CodePointSet? First
        {
            get
            {
                CodePointSet set = CodePointSet.Empty;
                foreach (PatternNode item in Items)
                {
                    if (item is Anchor or Look)
                        continue;
                    if (item.First is not { } first)
                    {
                        // An optional item contributes what its body may start with; the next item may start there as well.
                        PatternNode optional = item is Atomic atomic ? atomic.Body : item;
                        if (optional is not Repeat { Body.First: { } bodyFirst })
                            return null;
                        set = set.Union(bodyFirst);
                        continue;
                    }
                    return set.Union(first);
                }
                return null;
            }
        }
    }

    public sealed record Alternation(IReadOnlyList<PatternNode> Choices) : PatternNode
    {
        public override bool IsNullable => Choices.Any(choice => choice.IsNullable);

        public override CodePointSet? First
        {
            get
            {
                CodePointSet? set = CodePointSet.Empty;
                foreach (PatternNode choice in Choices)
                    set = choice.First is { } first ? set?.Union(first) : null;
                return set;
            }
        }
    }

    /// <summary><paramref name="Max"/> is int.MaxValue when there is no upper limit.</summary>
    public sealed record Repeat(PatternNode Body, int Min, int Max, bool Lazy) : PatternNode
    {
        public override bool IsNullable => Min == 0 || Body.IsNullable;

        public override CodePointSet? First => IsNullable ? null : Body.First;
    }

    public sealed record Look(PatternNode Body, bool Behind, bool Negative) : PatternNode
    {
        public override bool IsNullable => true;

        public override CodePointSet? First => null;
    }

    /// <summary>Matches as the body does, but once matched never gives anything back.</summary>
    public sealed record Atomic(PatternNode Body) : PatternNode
    {
        public override bool IsNullable => Body.IsNullable;

        public override CodePointSet? First => Body.First;
    }

    public sealed record Anchor(AnchorKind Kind) : PatternNode
    {
        public override bool IsNullable => true;

        public override CodePointSet? First => null;
    }
}
