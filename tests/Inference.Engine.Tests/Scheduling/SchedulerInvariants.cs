using Inference.Engine.Scheduling;

namespace Inference.Engine.Tests.Scheduling;

/// <summary>What must hold between any two steps.</summary>
internal static class SchedulerInvariants
{
    /// <summary>All violations.</summary>
    public static IReadOnlyList<string> Violations(SchedulerSnapshot snapshot, SchedulerOptions options)
    {
        var violations = new List<string>();
        var sequences = snapshot.Running.Concat(snapshot.Queued).ToArray();
        Check(snapshot.Running.Length <= options.MaxNumSeqs, $"{snapshot.Running.Length} sequences are running");
        var requests = sequences.Select(sequence => sequence.RequestId).Distinct().Count();
        Check(requests == snapshot.LiveCount, $"{snapshot.LiveCount} requests are live, {requests} are listed");
        Check(sequences.Select(sequence => sequence.Id).Distinct().Count() == sequences.Length, "a sequence is listed twice");
        CheckOrder(snapshot.Running);
        if (options.Policy != QueuePolicy.Fair)
            CheckOrder(snapshot.Queued);

        CheckBlocks();
        foreach (var sequence in snapshot.Running)
        {
            Check(sequence.Status == SequenceStatus.Running, $"sequence {sequence.Id} runs and is {sequence.Status}");
            Check(sequence.ComputedLength > 0 || sequence.IsBeam, $"sequence {sequence.Id} runs with nothing computed");
            var needed = (sequence.ComputedLength + snapshot.BlockSize - 1) / snapshot.BlockSize;
            var isRight = options.Allocation == CacheAllocation.Paged ? sequence.Blocks.Length == needed : sequence.Blocks.Length >= needed;
            Check(isRight, $"sequence {sequence.Id} holds {sequence.Blocks.Length} blocks, not {needed}");
        }

        foreach (var sequence in snapshot.Queued)
        {
            Check(sequence.Status.IsQueued(), $"sequence {sequence.Id} is queued and {sequence.Status}");
            Check(sequence.ComputedLength == 0, $"sequence {sequence.Id} is queued with {sequence.ComputedLength} tokens computed");
            Check(sequence.Blocks.IsEmpty, $"sequence {sequence.Id} is queued and holds blocks");
        }

        foreach (var sequence in sequences)
        {
            Check(sequence.ScheduledLength == 0, $"sequence {sequence.Id} is scheduled between steps");
            Check(sequence.CommittedBlocks == sequence.Blocks.Length, $"sequence {sequence.Id} holds a reservation between steps");
            Check(sequence.ComputedLength < sequence.TotalLength || sequence.IsBeam, $"sequence {sequence.Id} has nothing left to compute");
            Check(sequence.PromptLength <= sequence.TotalLength, $"sequence {sequence.Id} has lost some of its prompt");
            Check(sequence.TotalLength < sequence.MaxLength, $"sequence {sequence.Id} should have ended");
        }

        return violations;

        void CheckOrder(IReadOnlyList<SequenceSnapshot> ordered) => Check(
            ordered.Zip(ordered.Skip(1)).All(pair => pair.First.Standing.CompareTo(pair.Second.Standing) < 0), "sequences are not in order");

        void CheckBlocks()
        {
            var uses = new int[snapshot.BlockCount];
            foreach (var block in sequences.SelectMany(sequence => sequence.Blocks))
                uses[block]++;
            for (var block = 0; block < uses.Length; block++)
            {
                var references = snapshot.BlockReferences[block];
                Check(uses[block] == references, $"block {block} is in {uses[block]} tables, not {references}");
            }

            var free = snapshot.FreeBlocks.ToHashSet();
            Check(free.Count == snapshot.FreeBlocks.Length, "a block is free twice");
            Check(free.SetEquals(Enumerable.Range(0, uses.Length).Where(block => uses[block] == 0)), "the free blocks are not those in no table");
            foreach (var sequence in sequences)
                Check(sequence.Blocks.Distinct().Count() == sequence.Blocks.Length, $"sequence {sequence.Id} has a block twice");
        }

        void Check(bool holds, string violation)
        {
            if (!holds)
                violations.Add(violation);
        }
    }
}
