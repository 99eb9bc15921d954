using System.Collections.Immutable;

namespace Inference.Engine.Scheduling;

/// <summary>One sequence in a <see cref="SchedulerSnapshot"/>.</summary>
internal sealed record SequenceSnapshot(
    long Id,
    long RequestId,
    bool IsBeam,
    SequenceStatus Status,
    Standing Standing,
    int PromptLength,
    int TotalLength,
    int ComputedLength,
    int ScheduledLength,
    int MaxLength,
    int CommittedBlocks,
    ImmutableArray<int> Blocks)
{
    public static SequenceSnapshot Of(Sequence sequence) => new(
        sequence.Id,
        sequence.Principal.Id,
        sequence.Beams is not null,
        sequence.Status,
        sequence.Standing,
        sequence.PromptLength,
        sequence.TotalLength,
        sequence.ComputedLength,
        sequence.ScheduledLength,
        sequence.MaxLength,
        sequence.Blocks.CommittedCount,
        [.. sequence.Blocks.Blocks.Span]);
}
