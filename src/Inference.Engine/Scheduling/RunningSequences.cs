using Inference.Engine.Beams;
using Inference.Engine.Caching;

namespace Inference.Engine.Scheduling;

/// <summary>
/// The sequences that take part in steps, in the order of their standing. The beams of a request are neighbours, its principal first: they
/// come and go with it. Owned by the engine loop.
/// </summary>
internal sealed class RunningSequences(BlockPool pool)
{
    private readonly List<Sequence> _sequences = [];
    private readonly List<BeamGroup> _groups = [];

    public int Count => _sequences.Count;

    public List<Sequence> All => _sequences;

    /// <summary>Requests, whose beams count once.</summary>
    public int RequestCount => _sequences.Count - Sum(static group => group.Beams.Count - 1);

    /// <summary>Places that are taken: one for each sequence, and one for each beam that there may be still.</summary>
    public int PlaceCount => _sequences.Count + Sum(static group => group.Width - group.Beams.Count);

    /// <summary>The last one that has blocks to give.</summary>
    public Sequence LastHolder => _sequences.FindLast(static sequence => sequence.Blocks.Count > 0)!;

    public Sequence this[int index] => _sequences[index];

    /// <summary>A sequence joins. The beams of one that was preempted come with it, to fork when it has computed what they share.</summary>
    public void Start(Sequence sequence)
    {
        if (sequence.Beams is not { } group)
        {
            Insert(sequence);
            return;
        }

        _groups.Add(group);
        foreach (var beam in group.Beams)
            Insert(beam);
    }

    /// <summary>A sequence gives its place and its blocks back; a principal those of all its beams.</summary>
    public void Stop(Sequence sequence)
    {
        var index = IndexOf(sequence);
        var count = sequence.Beams?.Beams.Count ?? 1;
        for (var i = index; i < index + count; i++)
        {
            pool.Release(_sequences[i].Blocks);
            sequence.Beams?.Forget(_sequences[i]);
        }

        _sequences.RemoveRange(index, count);
        if (sequence.Beams is { } group)
            _groups.Remove(group);
    }

    /// <summary>A beam that is not the principal gives its blocks back and stays.</summary>
    public void Suspend(Sequence beam)
    {
        beam.Beams!.Forget(beam);
        pool.Release(beam.Blocks);
        beam.Suspend();
    }

    /// <summary>The search of a group has gone on to other beams.</summary>
    public void Rearrange(BeamGroup group)
    {
        group.Rearrange(pool, out var added, out var dropped);
        foreach (var beam in dropped)
            _sequences.RemoveAt(IndexOf(beam));
        foreach (var beam in added)
            Insert(beam);
    }

    private int IndexOf(Sequence sequence) => _sequences.BinarySearch(sequence, StandingComparer.Instance);

    private void Insert(Sequence sequence) => _sequences.Insert(~IndexOf(sequence), sequence);

    private int Sum(Func<BeamGroup, int> count)
    {
        var sum = 0;
        foreach (var group in _groups)
            sum += count(group);
        return sum;
    }
}
