using System.Collections.Immutable;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;

namespace Inference.Engine;

/// <summary>What other threads ask of the engine loop: the only way to reach what it owns.</summary>
internal abstract record EngineCommand
{
    private EngineCommand()
    {
    }

    /// <summary>Take requests in, all before the next step.</summary>
    public sealed record Submit(ImmutableArray<Sequence> Sequences) : EngineCommand;

    /// <summary>End a request, if it has not ended yet.</summary>
    public sealed record End(long SequenceId, FinishReason Reason) : EngineCommand;

    /// <summary>End every request.</summary>
    public sealed record CancelAll : EngineCommand;

    /// <summary>Take no more requests in, and complete <paramref name="Idle"/> when none is left.</summary>
    public sealed record Drain(TaskCompletionSource Idle) : EngineCommand;
}
