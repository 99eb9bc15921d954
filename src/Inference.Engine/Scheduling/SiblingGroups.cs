using Inference.Engine.Caching;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Finds the siblings of sequences, and holds sequences back while one of them computes what they have in common: they wait in no queue
/// until it has a token, gives way or ends.
/// </summary>
internal sealed class SiblingGroups
{
    private readonly Dictionary<(string Name, PrefixScope Scope), SiblingGroup> _groups = [];

    /// <summary>Sequences that are held back.</summary>
    public int HeldCount { get; private set; }

    /// <summary>A sequence is there.</summary>
    public void Enter(Sequence sequence)
    {
        if (KeyOf(sequence) is not { } key)
            return;
        if (!_groups.TryGetValue(key, out var group))
            _groups.Add(key, group = new SiblingGroup());
        group.LiveCount++;
        sequence.Siblings = group;
    }

    /// <summary>A sequence has ended, and was taken out of where it was.</summary>
    public void Leave(Sequence sequence)
    {
        if (sequence.Siblings is { } group && --group.LiveCount == 0)
            _groups.Remove(KeyOf(sequence)!.Value);
    }

    public void Hold(Sequence sequence)
    {
        sequence.IsHeld = true;
        sequence.Siblings!.Held.Add(sequence);
        HeldCount++;
    }

    /// <summary>A sequence that is held back ends.</summary>
    public void Remove(Sequence sequence)
    {
        sequence.IsHeld = false;
        sequence.Siblings!.Held.Remove(sequence);
        HeldCount--;
    }

    /// <summary>Puts the siblings that are held back into the queue again.</summary>
    public void Release(Sequence sequence, IWaitingQueue queue)
    {
        if (sequence.Siblings is not { Held.Count: > 0 } group)
            return;

        foreach (var sibling in group.Held)
        {
            sibling.IsHeld = false;
            queue.Add(sibling);
        }

        HeldCount -= group.Held.Count;
        group.Held.Clear();
    }

    /// <summary>Blocks are never shared across scopes, so those of another scope are no siblings.</summary>
    private static (string, PrefixScope)? KeyOf(Sequence sequence) =>
        sequence.Request.PromptGroup is { } name ? (name, sequence.Prefix.Scope) : null;
}
