using System.Collections.Immutable;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;

namespace Inference.Engine;

/// <summary>The latest steps, for people who wonder. The loop writes it; anyone may read what it published last.</summary>
/// <param name="length">Steps to remember.</param>
internal sealed class StepJournal(int length)
{
    private ImmutableQueue<StepRecord> _steps = [];
    private int _count;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<StepRecord> Steps => [.. Volatile.Read(ref _steps)];

    /// <summary>Called before the step is applied.</summary>
    public void Add(ScheduledStep step, ReadOnlySpan<SampledToken> tokens, double seconds, EngineStatus status)
    {
        var shares = ImmutableArray.CreateBuilder<StepShare>(step.Entries.Length);
        var plan = step.Plan.Sequences.Span;
        for (var i = 0; i < plan.Length; i++)
        {
            var sequence = step.Entries[i].Sequence;
            var sampled = tokens.Slice(plan[i].LogitsRow, plan[i].LogitsCount)[sequence.ScoredThisStep..];
            shares.Add(new StepShare(plan[i].SequenceId, sequence.Request.RequestId, plan[i].PastLength, plan[i].TokenCount, !sampled.IsEmpty)
            {
                DraftTokens = sequence.ProposedLength,
                AcceptedTokens = Verification.AcceptedCount(sequence.ProposedTokens, sampled),
            });
        }

        var steps = _steps.Enqueue(new StepRecord(step.Plan.StepIndex, seconds, step.TokenCount, status, shares.MoveToImmutable()));
        if (_count == length)
            steps = steps.Dequeue();
        else
            _count++;
        Volatile.Write(ref _steps, steps);
    }
}
