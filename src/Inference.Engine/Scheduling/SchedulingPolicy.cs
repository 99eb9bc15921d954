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

    /// <summary>
    /// The most tokens of one beam, when the whole cache is these beams': the full blocks of the prompt once, everything else by each. Where
    /// several share more, there is room to spare.
    /// </summary>
    public static int MaxBeamLength(Execution.ModelLimits limits, int promptLength, int width)
    {
        var shared = promptLength / limits.BlockSize;
        var blocks = shared + Math.Max(0, (limits.BlockCount - shared) / width);
        return (int)Math.Min(limits.MaxModelLength, (long)blocks * limits.BlockSize);
    }

    /// <summary>The most tokens of a request's sequences.</summary>
    public static int MaxLengthOf(Requests.InferenceRequest request, Execution.ModelLimits limits) => request.Beams is { } beams
        ? MaxBeamLength(limits, request.PromptTokenIds.Length, beams.Width)
        : MaxSequenceLength(limits);

    /// <summary>The rank of a request under a policy that knows it on arrival: a point in time, or 0 where only the order counts.</summary>
    /// <param name="options">With the policy.</param>
    /// <param name="priority">The request's; the lower the earlier.</param>
    /// <param name="arrival">A timestamp.</param>
    /// <param name="deadline">A timestamp, or null for none.</param>
    /// <param name="frequency">Timestamps per second.</param>
    public static long Rank(SchedulerOptions options, int priority, long arrival, long? deadline, long frequency) => options.Policy switch
    {
        QueuePolicy.Priority => arrival + (long)(priority * options.PriorityAgeing.TotalSeconds * frequency),
        QueuePolicy.Deadline => deadline ?? arrival + (long)(options.Patience.TotalSeconds * frequency),
        _ => 0,
    };

    /// <summary>How many may join the running ones in the step that is being built.</summary>
    /// <param name="options">With the mode.</param>
    /// <param name="open">Places that the dynamic batch which is being filled has left.</param>
    /// <param name="running">Sequences that run.</param>
    /// <param name="waiting">Sequences that wait.</param>
    /// <param name="waited">How long the first of them has waited.</param>
    public static int Places(SchedulerOptions options, int open, int running, int waiting, TimeSpan waited)
    {
        if (options.Batching == BatchingMode.Rolling)
            return options.MaxNumSeqs - running;
        if (running > 0)
            return open;

        // Only those that are there now: who comes later waits for the next batch.
        var size = Math.Min(options.BatchSize, options.MaxNumSeqs);
        return waiting >= size || waited >= options.MaxBatchDelay ? Math.Min(size, waiting) : 0;
    }

    /// <summary>
    /// The most tokens by which sequences that grow by one token each at a time, and give everything back when they end, will together
    /// exceed what they hold now: looked at when each of them is about to end. Sorts <paramref name="growths"/>.
    /// </summary>
    public static long PeakGrowth(Span<Growth> growths)
    {
        growths.Sort(static (a, b) => a.Remaining.CompareTo(b.Remaining));
        long peak = 0, givenBack = 0;
        for (var i = 0; i < growths.Length; i++)
        {
            peak = Math.Max(peak, (long)(growths.Length - i) * growths[i].Remaining - givenBack);
            givenBack += growths[i].Own;
        }

        return peak;
    }
}
