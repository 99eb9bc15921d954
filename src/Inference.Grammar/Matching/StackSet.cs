namespace Inference.Grammar.Matching;

/// <summary>
/// A set of call stacks, as a tree from their tops: for each return state on top, the set of what is below it. Equal sets made by one
/// <see cref="StackSets"/> are the same object. Immutable.
/// </summary>
internal sealed class StackSet
{
    /// <param name="hasEmpty">Whether the stack without frames is one of them.</param>
    /// <param name="returns">The states to return to, sorted.</param>
    /// <param name="below">What is below each of them.</param>
    public StackSet(bool hasEmpty, int[] returns, StackSet[] below)
    {
        (HasEmpty, Returns, Below) = (hasEmpty, returns, below);
        foreach (var set in below)
            Depth = Math.Max(Depth, set.Depth + 1);
    }

    public bool HasEmpty { get; }

    public int[] Returns { get; }

    public StackSet[] Below { get; }

    /// <summary>The frames of the deepest stack.</summary>
    public int Depth { get; }
}
