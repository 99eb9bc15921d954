namespace Inference.Engine.Execution;

/// <summary>What one step computes: plain, immutable data that can be printed, asserted on and sent to another process.</summary>
public sealed record StepPlan
{
    /// <summary>Counts steps from 0.</summary>
    public required long StepIndex { get; init; }

    /// <summary>Input tokens of all sequences, packed back to back: [num_tokens].</summary>
    public required ReadOnlyMemory<int> TokenIds { get; init; }

    /// <summary>The sequences in packed order.</summary>
    public required ReadOnlyMemory<SequenceStep> Sequences { get; init; }

    /// <summary>
    /// Blocks to copy before anything else of the step is written, in this order: a block may be copied to when it has been copied from.
    /// </summary>
    public ReadOnlyMemory<BlockCopy> Copies { get; init; }

    /// <summary>Rows of logits that the result holds: the sum of <see cref="SequenceStep.LogitsCount"/>.</summary>
    public required int LogitsRows { get; init; }

    /// <summary>False: nothing but <see cref="StepResult.ArgMax"/> is asked of the rows, if the executor knows it.</summary>
    public bool NeedsLogits { get; init; } = true;
}
