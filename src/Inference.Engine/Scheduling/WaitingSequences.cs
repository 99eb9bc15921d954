namespace Inference.Engine.Scheduling;

/// <summary>
/// The sequences that wait: those in the queue, new ones and preempted ones, and those that are held back for a sibling. Knows their
/// deadlines, and lets them out of the gate when they are first scheduled, or end without ever having been. Owned by the engine loop.
/// </summary>
/// <param name="queue">In the order of the policy.</param>
/// <param name="gate">Through which they have come.</param>
internal sealed class WaitingSequences(IWaitingQueue queue, AdmissionGate gate)
{
    private readonly SiblingGroups _siblings = new();

    /// <summary>Of the sequences that have one and have not joined: the earliest is found without looking at the others.</summary>
    private readonly SortedSet<(long Deadline, long SequenceId)> _deadlines = [];

    /// <summary>Those in the queue.</summary>
    public int QueuedCount => queue.Count;

    /// <summary>Those that are held back.</summary>
    public int HeldCount => _siblings.HeldCount;

    /// <summary>Those that were preempted, wherever they wait.</summary>
    public int PreemptedCount { get; private set; }

    /// <summary>The one to join next; null when there is none.</summary>
    public Sequence? First => queue.First;

    /// <summary>Those in the queue.</summary>
    public IEnumerable<Sequence> Queued => queue.All;

    /// <summary>A sequence is there.</summary>
    public void Enter(Sequence sequence)
    {
        _siblings.Enter(sequence);
        queue.Add(sequence);
        if (sequence.Deadline is { } deadline)
            _deadlines.Add((deadline, sequence.Id));
    }

    /// <summary>A sequence was preempted.</summary>
    public void Return(Sequence sequence)
    {
        queue.Add(sequence);
        PreemptedCount++;
    }

    /// <summary>The first joins once a sibling has computed more, of which <see cref="Release"/> tells.</summary>
    public void Hold(Sequence sequence)
    {
        queue.Remove(sequence);
        _siblings.Hold(sequence);
    }

    /// <summary>A sequence has a token, gives way or ends: siblings that were held back for it are in the queue again.</summary>
    public void Release(Sequence sequence) => _siblings.Release(sequence, queue);

    /// <summary>A sequence that waits joins, or ends.</summary>
    public void Remove(Sequence sequence)
    {
        if (sequence.IsHeld)
            _siblings.Remove(sequence);
        else
            queue.Remove(sequence);

        if (sequence.Status == SequenceStatus.Preempted)
        {
            PreemptedCount--;
            return;
        }

        gate.Leave(sequence.PromptLength);
        if (sequence.Deadline is { } deadline)
            _deadlines.Remove((deadline, sequence.Id));
    }

    /// <summary>A sequence has ended, wherever it was.</summary>
    public void Leave(Sequence sequence) => _siblings.Leave(sequence);

    /// <summary>The earliest deadline, a timestamp, of those that have not joined, and whose it is; null when none has one.</summary>
    public (long Deadline, long SequenceId)? NextDeadline => _deadlines.Count > 0 ? _deadlines.Min : null;
}
