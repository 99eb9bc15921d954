namespace Inference.Engine.Scheduling;

/// <summary>How much of a sequence is in a sibling's blocks.</summary>
/// <param name="Source">The sibling; null: none has any of it.</param>
/// <param name="Length">Tokens that it has computed. They may end inside a block.</param>
/// <param name="Promised">Tokens that it will have computed when it has all that both begin with: at least <paramref name="Length"/>.</param>
internal readonly record struct ForkPoint(Sequence? Source, int Length, int Promised)
{
    /// <summary>Whether waiting gives no more.</summary>
    public bool IsReady => Length == Promised;

    /// <summary>The sibling with the most in common, and of equals the one that has computed most. The last token of a sequence is never
    /// taken over: it must be computed to give logits.</summary>
    /// <param name="sequence">One that holds no blocks.</param>
    /// <param name="siblings">Others, that hold blocks.</param>
    public static ForkPoint Of(Sequence sequence, IEnumerable<Sequence> siblings)
    {
        var best = default(ForkPoint);
        var tokens = sequence.MatchableTokens;
        foreach (var sibling in siblings)
        {
            var promised = Math.Min(tokens.CommonPrefixLength(sibling.Tokens), tokens.Length - 1);
            var length = Math.Min(promised, sibling.ComputedLength);
            if (promised > best.Promised || (promised == best.Promised && length > best.Length))
                best = new ForkPoint(sibling, length, promised);
        }

        return best;
    }
}
