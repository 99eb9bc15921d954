using Inference.Engine.Beams;
using Inference.Engine.Caching;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Engine.Speculation;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Decides what each step computes, and applies what came of it. Holds every live sequence: those that run, in the order of their standing,
/// and those that wait. Owned by the engine loop.
/// </summary>
internal sealed class Scheduler
{
    private readonly SchedulerOptions _options;
    private readonly AdmissionGate _gate;
    private readonly EngineMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly BlockPool _pool;
    private readonly PrefixCache? _prefixes;
    private readonly Speculator? _speculator;
    private readonly ClientAccounts _clients = new();
    private readonly Dictionary<long, Sequence> _live = [];
    private readonly RunningSequences _running;
    private readonly WaitingSequences _waiting;
    private readonly CacheRoom _room;
    private readonly Beginnings _beginnings;
    private readonly ScheduledStep _step;
    private long _stepIndex;
    private long _joinedCount;
    private int _places;
    private bool _wasPrefillStep;

    public Scheduler(ModelLimits limits, SchedulerOptions options, AdmissionGate gate, EngineMetrics metrics, TimeProvider time)
    {
        _options = options;
        _gate = gate;
        _metrics = metrics;
        _time = time;
        var contents = options.EnablePrefixCaching ? new BlockContents(limits.BlockCount, limits.BlockSize) : null;
        _pool = new BlockPool(limits.BlockCount, limits.BlockSize, contents);
        _prefixes = contents is null ? null : new PrefixCache(_pool, contents, options.CacheIdentity);
        _running = new RunningSequences(_pool);
        _beginnings = new Beginnings(_pool, _prefixes);
        _room = new CacheRoom(_pool, _running, options);
        _speculator = options.Speculation is { } speculation ? new Speculator(speculation, _pool, metrics) : null;
        _waiting = new WaitingSequences(options.Policy == QueuePolicy.Fair ? new FairQueue() : new StandingQueue(), gate);
        _step = new ScheduledStep(options.MaxNumBatchedTokens, options.MaxScoredTokens);
    }

    /// <summary>Whether no request is left, nor on its way here.</summary>
    public bool IsIdle => _live.Count == 0 && _gate.Count == 0;

    public EngineStatus Status =>
        new(_running.RequestCount, _waiting.QueuedCount + _waiting.HeldCount, _pool.UsedCount, _pool.Count, _waiting.PreemptedCount);

    /// <summary>
    /// When to schedule again although nothing has happened, counted from now: a dynamic batch that is being collected must start, or one of
    /// it has waited to its deadline. Null: there is nothing to wait for but commands.
    /// </summary>
    public TimeSpan? WakeAfter
    {
        get
        {
            if (_running.Count > 0 || _waiting.First is not { } first)
                return null;

            var delay = _options.MaxBatchDelay - Waited(first);
            if (_waiting.NextDeadline is { } next && _time.GetElapsedTime(_time.GetTimestamp(), next.Deadline) is var rest && rest < delay)
                delay = rest;
            return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
        }
    }

    public void Add(Sequence sequence)
    {
        var (request, arrival) = (sequence.Request, sequence.Timings.Arrival);
        sequence.Deadline = request.Deadline is { } limit ? arrival + (long)(limit.TotalSeconds * _time.TimestampFrequency) : null;
        var rank = SchedulingPolicy.Rank(_options, request.Priority, arrival, sequence.Deadline, _time.TimestampFrequency);
        sequence.Standing = new Standing(rank, sequence.Id);
        sequence.Client = _clients.Enter(request.Client);
        _live.Add(sequence.Id, sequence);
        _waiting.Enter(sequence);
    }

    /// <summary>Ends a sequence wherever it is. One that has ended already, or never was, is left alone.</summary>
    public void End(long sequenceId, FinishReason reason)
    {
        if (_live.TryGetValue(sequenceId, out var sequence))
            Finish(sequence, reason);
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
    /// Builds the next step: (1) those whose deadline has passed in the queue are refused; (2) the running sequences, one token for each that
    /// decodes and chunks of prompts with what is left of the token budget, in the order of their standing; (3) those from the queue that
    /// now join, of whose prompts only the last can be cut; (4) proposed tokens, into room that is left. Null when there is nothing to
    /// compute: no request is left, or a dynamic batch is being collected. Otherwise the first in order can always take every other one's
    /// blocks, and alone it fits.
    /// </summary>
    public ScheduledStep? Schedule()
    {
        _step.Clear();
        RefuseExpired();
        var waited = _waiting.First is { } first ? Waited(first) : TimeSpan.Zero;
        _places = SchedulingPolicy.Places(_options, _places, _running.PlaceCount, _waiting.QueuedCount, waited);
        if (_options.Prefill == PrefillMode.Chunked)
            ScheduleTogether();
        else
            ScheduleApart();
        if (_step.TokenCount == 0)
            return null;

        _speculator?.Fill(_step);
        _step.Seal(_stepIndex++, _pool);
        return _step;
    }

    /// <summary>Commits a step that was executed: its blocks, its tokens, and the end of the sequences that are done.</summary>
    /// <param name="step">The step that <see cref="Schedule"/> gave last.</param>
    /// <param name="tokens">One for each row of logits; those after a sequence's first that is not the proposed one mean nothing.</param>
    public void Apply(ScheduledStep step, ReadOnlySpan<SampledToken> tokens)
    {
        var now = _time.GetTimestamp();
        var row = 0;
        foreach (var (sequence, reservation) in step.Entries)
        {
            var rows = tokens.Slice(row, sequence.LogitsCount);
            row += rows.Length;
            // The group of a beam may have ended with an earlier one.
            if (sequence.Principal.Status.IsFinished())
                continue;

            var sampled = rows[^sequence.SampledRows..];
            foreach (var scored in rows[..^sampled.Length])
                sequence.AppendScore(scored.Logprobs!);
            var accepted = _speculator?.Verify(sequence, sampled) ?? 0;
            Commit(sequence, reservation, accepted);
            if (_prefixes is not null && sequence.ComputedLength >= (sequence.KnownBlocks + 1L) * _pool.BlockSize)
                sequence.KnownBlocks = _prefixes.Keep(sequence.Blocks, sequence.Prefix, sequence.ComputedTokens, sequence.KnownBlocks);
            for (var i = 0; i < sampled.Length && i <= accepted && !sequence.Status.IsFinished(); i++)
                Accept(sequence, sampled[i], now);
        }

        _metrics.StepApplied(step.TokenCount);
    }

    /// <summary>Ends the sequences of a step that failed: what it was to write is undefined. The others are not concerned.</summary>
    public void Fail(ScheduledStep step, FinishReason reason, string? error)
    {
        foreach (var (sequence, reservation) in step.Entries)
        {
            reservation.Dispose();
            if (!sequence.Principal.Status.IsFinished())
                Finish(sequence, reason, error);
        }
    }

    /// <summary>A picture of everything, for invariant checks.</summary>
    public SchedulerSnapshot Snapshot() => new(
        [.. _running.All.Select(SequenceSnapshot.Of)],
        [.. _waiting.Queued.Select(SequenceSnapshot.Of)],
        _live.Count - _waiting.HeldCount,
        [.. _pool.Free],
        [.. Enumerable.Range(0, _pool.Count).Select(_pool.ReferencesTo)],
        _pool.Count,
        _pool.BlockSize);

    private void ScheduleTogether()
    {
        ScheduleRunning(decodes: true, prompts: true);
        AdmitQueued();
    }

    /// <summary>
    /// Prompts alone, or decodes alone. Once begun, prompts are computed to their end; then the decodes have a turn before others join.
    /// </summary>
    private void ScheduleApart()
    {
        var isContinued = _wasPrefillStep;
        if (!isContinued || _running.All.Exists(static sequence => sequence.RemainingLength > 1))
        {
            ScheduleRunning(decodes: false, prompts: true);
            if (!isContinued)
                AdmitQueued();
        }

        _wasPrefillStep = _step.TokenCount > 0;
        if (_step.TokenCount == 0)
            ScheduleRunning(decodes: true, prompts: false);
        if (_step.TokenCount == 0)
            AdmitQueued();
    }

    private void ScheduleRunning(bool decodes, bool prompts)
    {
        var promptBudget = _step.Budget - (decodes ? _running.All.Count(static sequence => sequence.RemainingLength == 1) : 0);
        for (var i = 0; i < _running.Count; i++)
        {
            var sequence = _running[i];
            var isDecode = sequence.RemainingLength == 1;
            if (sequence.RemainingLength == 0 || (isDecode ? !decodes : !prompts || promptBudget == 0))
                continue;
            if (sequence.Blocks.Count == 0 && !TryReturn(sequence))
                continue;

            var length = isDecode ? 1 : SchedulingPolicy.ChunkLength(sequence.RemainingLength, _step.BudgetFor(sequence, promptBudget));
            if (length == 0)
                continue;

            promptBudget -= isDecode ? 0 : length;
            CacheReservation reservation;
            while (!_pool.TryReserve(sequence.Blocks, sequence.ComputedLength, sequence.ComputedLength + length, out reservation))
            {
                if (PreemptLast() == sequence)
                    return;
            }

            _step.Add(sequence, length, reservation);
        }
    }

    /// <summary>
    /// Takes the blocks of the running sequence that is last in order, which the step does not hold yet. It cannot join again in the same
    /// step: it was preempted because what it held, and what was free, is not enough for it and the one that needed more.
    /// </summary>
    private Sequence PreemptLast()
    {
        var victim = _running.LastHolder;
        if (victim.Principal != victim)
        {
            _running.Suspend(victim);
            return victim;
        }

        Stop(victim);
        victim.Preempt();
        _waiting.Return(victim);
        _metrics.Preempted();
        return victim;
    }

    /// <summary>A beam that had to give its blocks up forks from another of its group, unless that is still computing what they share.</summary>
    private bool TryReturn(Sequence beam)
    {
        var beginning = _beginnings.Find(beam, beam.Beams!.Holders);
        if (beginning.IsPromised)
            return false;

        _beginnings.Take(beam, beginning);
        return true;
    }

    private void AdmitQueued()
    {
        while (_step.Budget > 0 && _places > 0 && _waiting.First is { } sequence && !_room.HasRefused(sequence) && _step.BudgetFor(sequence, 1) > 0)
        {
            var beginning = _beginnings.Find(sequence, sequence.Siblings?.Running ?? []);
            if (beginning.IsPromised)
            {
                _waiting.Hold(sequence);
                continue;
            }

            var places = sequence.Beams?.Width ?? 1;
            if ((places > _places && _running.Count > 0) || !_room.Fits(sequence, beginning.Match))
            {
                // A dynamic batch is as large as the cache allows.
                _places = 0;
                _room.Refuse(sequence);
                return;
            }

            Join(sequence, beginning);
            _places -= places;
        }
    }

    private void Join(Sequence sequence, in Beginning beginning)
    {
        _waiting.Remove(sequence);
        if (sequence.Status == SequenceStatus.Waiting)
            JoinFirst(sequence, beginning.Match);
        _beginnings.Take(sequence, beginning);
        sequence.Siblings?.Running.Add(sequence);
        _running.Start(sequence);

        var length = SchedulingPolicy.ChunkLength(sequence.RemainingLength, _step.BudgetFor(sequence, _step.Budget));
        var reserved = _options.Allocation == CacheAllocation.Paged ? sequence.ComputedLength + length : sequence.MaxLength;
        if (!_pool.TryReserve(sequence.Blocks, sequence.ComputedLength, reserved, out var reservation))
            throw new InvalidOperationException($"Sequence {sequence.Id} was admitted without blocks for it.");
        _step.Add(sequence, length, reservation);
    }

    private void JoinFirst(Sequence sequence, in PrefixMatch match)
    {
        if (_prefixes is not null)
            _metrics.FirstScheduled(sequence.PromptLength, match.Length);
        sequence.Timings.FirstScheduled = _time.GetTimestamp();
        // Shares change while one waits, but the order of those that have joined must not.
        if (_options.Policy == QueuePolicy.Fair)
            sequence.Standing = new Standing(++_joinedCount, sequence.Id);
    }

    private void RefuseExpired()
    {
        while (_waiting.NextDeadline is { } next && next.Deadline <= _time.GetTimestamp())
            Finish(_live[next.SequenceId], FinishReason.Expired, "The request's deadline passed while it waited for its turn.");
    }

    /// <summary>The step's tokens but for those rejected, and the blocks that they need; whoever reserved ahead keeps that.</summary>
    private void Commit(Sequence sequence, CacheReservation reservation, int accepted)
    {
        var isCut = accepted < sequence.ProposedLength && _options.Allocation == CacheAllocation.Paged;
        sequence.CommitScheduled(accepted);
        reservation.Commit(isCut ? sequence.ComputedLength : int.MaxValue);
    }

    private void Accept(Sequence sequence, in SampledToken token, long now)
    {
        if (token.Error is not null)
        {
            Finish(sequence, FinishReason.Error, token.Error);
            return;
        }

        if (sequence.Beams is { } group)
        {
            if (group.Collect(sequence, token.Logprobs!))
                Advance(group, now);
            return;
        }

        AppendToken(sequence, token, now);
        // What can only come next needs no logits: it is computed together with the token after it.
        while (!sequence.Status.IsFinished() && sequence.ForcedToken is { } forced)
        {
            sequence.Sampling.Observe(forced);
            AppendToken(sequence, new SampledToken(forced), now);
        }
    }

    private void AppendToken(Sequence sequence, in SampledToken token, long now)
    {
        sequence.Append(token);
        _waiting.Release(sequence);
        _metrics.TokenGenerated(sequence, now);
        sequence.Timings.FirstToken ??= now;
        sequence.Timings.LastToken = now;
        if (sequence.ReasonToStop() is { } reason)
        {
            Finish(sequence, reason);
        }
    }

    /// <summary>All beams of a group have their candidates.</summary>
    private void Advance(BeamGroup group, long now)
    {
        var principal = group.Principal;
        var goesOn = group.Advance();
        _metrics.TokenGenerated(principal, now, goesOn ? group.OpenCount : 1);
        principal.Timings.FirstToken ??= now;
        principal.Timings.LastToken = now;
        if (!goesOn)
        {
            Finish(principal, group.Hypotheses[0].Reason);
            return;
        }

        _running.Rearrange(group);
    }

    /// <summary>A beam's end is its request's.</summary>
    private void Finish(Sequence sequence, FinishReason reason, string? error = null)
    {
        sequence = sequence.Principal;
        if (sequence.Status.IsQueued())
            _waiting.Remove(sequence);
        else
            Stop(sequence);
        _waiting.Leave(sequence);
        _live.Remove(sequence.Id);
        ClientAccounts.Leave(sequence.Client);
        if (reason is FinishReason.Stop or FinishReason.Length)
            _room.Observe(sequence.SampledSteps);
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

    private void Stop(Sequence sequence)
    {
        _running.Stop(sequence);
        _room.Free();
        sequence.Siblings?.Running.Remove(sequence);
        _waiting.Release(sequence);
    }

    private TimeSpan Waited(Sequence sequence) => _time.GetElapsedTime(sequence.Timings.Arrival);
}
