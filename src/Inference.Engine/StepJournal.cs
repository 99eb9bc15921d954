using System.Collections.Immutable;
using Inference.Engine.Scheduling;

namespace Inference.Engine;

/// <summary>The latest steps, for people who wonder. The loop writes it; anyone may read what it published last.</summary>
/// <param name="length">Steps to remember.</param>
internal sealed class StepJournal(int length)
{
    private ImmutableQueue<StepRecord> _steps = [];
    private int _count;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<StepRecord> Steps => [.. Volatile.Read(ref _steps)];

    public void Add(ScheduledStep step, double seconds, EngineStatus status)
    {
        var shares = ImmutableArray.CreateBuilder<StepShare>(step.Entries.Length);
        var plan = step.Plan.Sequences.Span;
        for (var i = 0; i < plan.Length; i++)
        {
            var requestId = step.Entries[i].Sequence.Request.RequestId;
            shares.Add(new StepShare(plan[i].SequenceId, requestId, plan[i].PastLength, plan[i].TokenCount, plan[i].LogitsCount > 0));
        }

        var steps = _steps.Enqueue(new StepRecord(step.Plan.StepIndex, seconds, step.TokenCount, status, shares.MoveToImmutable()));
        if (_count == length)
            steps = steps.Dequeue();
        else
            _count++;
        Volatile.Write(ref _steps, steps);
    }
}
