namespace Inference.Engine.Scheduling;

/// <summary>The scheduler's decisions, as pure functions.</summary>
internal static class SchedulingPolicy
{
    /// <summary>How many of a sequence's remaining tokens go into a step that has room for <paramref name="budget"/> more.</summary>
    public static int ChunkLength(int remaining, int budget) => Math.Min(remaining, budget);

    /// <summary>
    /// Whether a queued sequence that needs <paramref name="needed"/> blocks for all it has now may join. One block for each running
    /// sequence must be left: else the next of them to grow would throw out the newcomer, whose prompt was then computed for nothing.
    /// With none running everything is free, and it may always join.
    /// </summary>
    public static bool MayAdmit(int needed, int free, int running) => running == 0 || free - needed >= running;

    /// <summary>
    /// The most tokens of one sequence: what the model takes, or what the whole cache holds if that is less. A sequence alone can
    /// therefore always run to its end, and no two sequences can wait for each other's blocks.
    /// </summary>
    public static int MaxSequenceLength(Execution.ModelLimits limits) =>
        (int)Math.Min(limits.MaxModelLength, (long)limits.BlockCount * limits.BlockSize);
}
