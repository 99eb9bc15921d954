using Inference.Engine.Caching;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Decides what each step computes, and applies what came of it. Holds every live sequence, in order of arrival: the running ones first,
/// then the queue, at whose front preempted ones stand. Owned by the engine loop.
/// </summary>
internal sealed class Scheduler
{
    private readonly SchedulerOptions _options;
    private readonly AdmissionGate _gate;
    private readonly EngineMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly BlockPool _pool;
    private readonly PrefixCache? _prefixes;
    private readonly Dictionary<long, Sequence> _live = [];
    private readonly List<Sequence> _running = [];
    private readonly LinkedList<Sequence> _queue = new();
    private readonly ScheduledStep _step;
    private long _stepIndex;

    public Scheduler(ModelLimits limits, SchedulerOptions options, AdmissionGate gate, EngineMetrics metrics, TimeProvider time)
    {
        _options = options;
        _gate = gate;
        _metrics = metrics;
        _time = time;
        var contents = options.EnablePrefixCaching ? new BlockContents(limits.BlockCount, limits.BlockSize) : null;
        _pool = new BlockPool(limits.BlockCount, limits.BlockSize, contents);
        _prefixes = contents is null ? null : new PrefixCache(_pool, contents);
        _step = new ScheduledStep(options.MaxNumBatchedTokens);
    }

    /// <summary>Whether no request is left, nor on its way here.</summary>
    public bool IsIdle => _live.Count == 0 && _gate.Count == 0;

    public EngineStatus Status => new(_running.Count, _queue.Count, _pool.UsedCount, _pool.Count);

    public void Add(Sequence sequence)
    {
        _live.Add(sequence.Id, sequence);
        _queue.AddLast(sequence);
    }

    /// <summary>Ends a sequence wherever it is. One that has ended already, or never was, is left alone.</summary>
    public void Cancel(long sequenceId)
    {
        if (_live.TryGetValue(sequenceId, out var sequence))
            Finish(sequence, FinishReason.Cancelled);
    }

    /// <summary>Ends every sequence: also when ending one of them throws, which is thrown on at the end.</summary>
    public void FinishAll(FinishReason reason, string? error = null)
    {
        List<Exception>? failures = null;
        foreach (var sequence in _live.Values.ToArray())
        {
            try
            {
                Finish(sequence, reason, error);
            }
            catch (Exception exception)
            {
                (failures ??= []).Add(exception);
            }
        }

        if (failures is not null)
            throw new AggregateException(failures);
    }

    /// <summary>
    /// Builds the next step in order of arrival: (1) the running sequences, one token for each that decodes; only the latest can be
    /// inside its prompt still, and gets a chunk of what is left of the token budget; (2) those from the queue that now join, of whose
    /// prompts only the last can be cut. Null when there is nothing to compute, which is only when no request is left: the oldest
    /// sequence can always take every other one's blocks, and alone it fits.
    /// </summary>
    public ScheduledStep? Schedule()
    {
        _step.Clear();
        ScheduleRunning();
        AdmitQueued();
        if (_step.TokenCount == 0)
            return null;

        _step.Seal(_stepIndex++);
        return _step;
    }

    /// <summary>Commits a step that was executed: its blocks, its tokens, and the end of the sequences that are done.</summary>
    /// <param name="step">The step that <see cref="Schedule"/> gave last.</param>
    /// <param name="tokens">One for each row of logits.</param>
    public void Apply(ScheduledStep step, ReadOnlySpan<SampledToken> tokens)
    {
        var now = _time.GetTimestamp();
        var row = 0;
        foreach (var (sequence, reservation) in step.Entries)
        {
            var isSampled = sequence.IsSampledThisStep;
            reservation.Commit();
            sequence.CommitScheduled();
            if (_prefixes is not null)
                sequence.KnownBlocks = _prefixes.Keep(sequence.Blocks, sequence.Prefix, sequence.ComputedTokens, sequence.KnownBlocks);
            if (isSampled)
                Accept(sequence, tokens[row++], now);
        }

        _metrics.StepApplied(step.TokenCount);
    }

    /// <summary>Ends the sequences of a step that failed: what is in their blocks is undefined. The others are not concerned.</summary>
    public void Fail(ScheduledStep step, FinishReason reason, string? error)
    {
        foreach (var (sequence, reservation) in step.Entries)
        {
            reservation.Dispose();
            if (!sequence.Status.IsFinished())
                Finish(sequence, reason, error);
        }
    }

    /// <summary>A picture of everything, for invariant checks.</summary>
    public SchedulerSnapshot Snapshot() => new(
        [.. _running.Select(SequenceSnapshot.Of)],
        [.. _queue.Select(SequenceSnapshot.Of)],
        _live.Count,
        [.. _pool.Free],
        [.. Enumerable.Range(0, _pool.Count).Select(_pool.ReferencesTo)],
        _pool.Count,
        _pool.BlockSize);

    private void ScheduleRunning()
    {
        for (var i = 0; i < _running.Count; i++)
        {
            var sequence = _running[i];
            var length = SchedulingPolicy.ChunkLength(sequence.RemainingLength, _step.Budget);
            CacheReservation reservation;
            while (!_pool.TryReserve(sequence.Blocks, sequence.ComputedLength + length, out reservation))
            {
                if (PreemptLatest() == sequence)
                    return;
            }

            _step.Add(sequence, length, reservation);
        }
    }

    /// <summary>
    /// Takes the blocks of the latest running sequence, which the step does not hold yet. It cannot join again in the same step: it was
    /// preempted because what it held, and what was free, is not enough for it and the one that needed more.
    /// </summary>
    private Sequence PreemptLatest()
    {
        var victim = _running[^1];
        _running.RemoveAt(_running.Count - 1);
        _pool.Release(victim.Blocks);
        victim.Preempt();
        _queue.AddFirst(victim);
        _metrics.Preempted();
        return victim;
    }

    private void AdmitQueued()
    {
        while (_step.Budget > 0 && _running.Count < _options.MaxNumSeqs && _queue.First is { Value: var sequence })
        {
            var match = _prefixes?.Match(sequence.Prefix, sequence.Tokens) ?? default;
            var needed = _pool.BlocksFor(sequence.TotalLength) - match.Blocks + match.FreeBlocks;
            if (!SchedulingPolicy.MayAdmit(needed, _pool.FreeCount, _running.Count))
                return;

            _queue.RemoveFirst();
            Join(sequence, match);
        }
    }

    private void Join(Sequence sequence, in PrefixMatch match)
    {
        _prefixes?.Take(sequence.Blocks);
        LeaveGate(sequence);
        if (sequence.Status == SequenceStatus.Waiting)
            _metrics.FirstScheduled(sequence.PromptLength, match.Length);
        sequence.Admit(match);
        sequence.Timings.FirstScheduled ??= _time.GetTimestamp();
        _running.Add(sequence);

        var length = SchedulingPolicy.ChunkLength(sequence.RemainingLength, _step.Budget);
        if (!_pool.TryReserve(sequence.Blocks, sequence.ComputedLength + length, out var reservation))
            throw new InvalidOperationException($"Sequence {sequence.Id} was admitted without blocks for it.");
        _step.Add(sequence, length, reservation);
    }

    private void Accept(Sequence sequence, in SampledToken token, long now)
    {
        if (token.Error is not null)
        {
            Finish(sequence, FinishReason.Error, token.Error);
            return;
        }

        sequence.Append(token);
        _metrics.TokenGenerated(sequence, now);
        sequence.Timings.FirstToken ??= now;
        sequence.Timings.LastToken = now;
        if (sequence.ReasonToStop() is { } reason)
            Finish(sequence, reason);
    }

    private void Finish(Sequence sequence, FinishReason reason, string? error = null)
    {
        if (sequence.Status.IsQueued())
            _queue.Remove(sequence);
        else
            _running.Remove(sequence);
        LeaveGate(sequence);
        _pool.Release(sequence.Blocks);
        _live.Remove(sequence.Id);
        try
        {
            _metrics.RequestFinished(sequence, reason, _time.GetTimestamp());
        }
        finally
        {
            // Last, for who sees the end may look at the metrics; in any case, for a listener to metrics may throw.
            sequence.Finish(reason, error);
        }
    }

    /// <summary>A sequence leaves the gate when it is first scheduled, or when it ends without ever having been.</summary>
    private void LeaveGate(Sequence sequence)
    {
        if (sequence.Status == SequenceStatus.Waiting)
            _gate.Leave();
    }
}
