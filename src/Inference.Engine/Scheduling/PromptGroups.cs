namespace Inference.Engine.Scheduling;

/// <summary>
/// Sequences with the same prompt, of which one computes it while the others are held back: they wait in no queue until it has, and then
/// find its blocks in the prefix cache. Should it end before, the next one takes its part.
/// </summary>
internal sealed class PromptGroups
{
    private readonly Dictionary<string, Sequence> _leaders = [];
    private readonly Dictionary<Sequence, List<Sequence>> _followers = [];

    /// <summary>Sequences that are held back.</summary>
    public int HeldCount { get; private set; }

    /// <summary>Whether a new sequence is held back. If not, and it is of a group, it is the one that computes the prompt.</summary>
    public bool TryHold(Sequence sequence)
    {
        if (sequence.Request.PromptGroup is not { } group || _leaders.TryAdd(group, sequence))
            return false;

        var leader = _leaders[group];
        if (!_followers.TryGetValue(leader, out var followers))
            _followers.Add(leader, followers = []);
        followers.Add(sequence);
        sequence.Leader = leader;
        HeldCount++;
        return true;
    }

    /// <summary>A sequence that is held back ends.</summary>
    public void Remove(Sequence sequence)
    {
        _followers[sequence.Leader!].Remove(sequence);
        sequence.Leader = null;
        HeldCount--;
    }

    /// <summary>A sequence has computed its prompt, or ended: answers those that waited for it.</summary>
    public IReadOnlyList<Sequence> Release(Sequence leader)
    {
        if (leader.Request.PromptGroup is not { } group || !_leaders.TryGetValue(group, out var current) || current != leader)
            return [];

        _leaders.Remove(group);
        if (!_followers.Remove(leader, out var followers))
            return [];

        HeldCount -= followers.Count;
        foreach (var follower in followers)
            follower.Leader = null;
        return followers;
    }
}
