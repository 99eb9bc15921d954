using System.Collections.Immutable;

namespace Inference.Engine.Scheduling;

/// <summary>A picture of a scheduler between two steps.</summary>
internal sealed record SchedulerSnapshot(
    ImmutableArray<SequenceSnapshot> Running,
    ImmutableArray<SequenceSnapshot> Queued,
    int LiveCount,
    ImmutableArray<int> FreeBlocks,
    ImmutableArray<int> BlockReferences,
    int BlockCount,
    int BlockSize);
