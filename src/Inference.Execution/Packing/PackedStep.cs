using Inference.Engine.Execution;

namespace Inference.Execution.Packing;

/// <summary>
/// A step's inputs in the paged contract, in pinned buffers that are reused from step to step and grow when a larger step comes. Sequences lie back to back;
/// nothing is padded but the rows of the block table.
/// </summary>
internal sealed class PackedStep
{
    private readonly PinnedBuffer<long> _inputIds = new();
    private readonly PinnedBuffer<long> _logitsIndices = new();
    private readonly PinnedBuffer<int> _blockTable = new();
    private readonly PinnedBuffer<int> _cumulativeLengths = new();
    private readonly PinnedBuffer<int> _pastLengths = new();

    /// <summary>INT64 [num_tokens].</summary>
    public Memory<long> InputIds { get; private set; }

    /// <summary>INT64 [num_logits]: packed positions of the tokens whose logits are wanted.</summary>
    public Memory<long> LogitsIndices { get; private set; }

    /// <summary>INT32 [batch, <see cref="MaxBlocks"/>]; columns past a sequence's blocks are 0.</summary>
    public Memory<int> BlockTable { get; private set; }

    /// <summary>INT32 [batch + 1].</summary>
    public Memory<int> CumulativeLengths { get; private set; }

    /// <summary>INT32 [batch].</summary>
    public Memory<int> PastLengths { get; private set; }

    /// <summary>Columns of the block table: the most blocks that a sequence of the step has, at least 1.</summary>
    public int MaxBlocks { get; private set; }

    /// <summary>Takes over a plan.</summary>
    /// <exception cref="ExecutionException">The plan contradicts itself: offsets, rows or block tables do not fit its sequences.</exception>
    public void Pack(StepPlan plan)
    {
        var sequences = plan.Sequences.Span;
        MaxBlocks = 1;
        foreach (ref readonly var step in sequences)
        {
            MaxBlocks = Math.Max(MaxBlocks, step.BlockTable.Length);
        }

        InputIds = _inputIds.Resize(plan.TokenIds.Length);
        LogitsIndices = _logitsIndices.Resize(plan.LogitsRows);
        BlockTable = _blockTable.Resize(checked(sequences.Length * MaxBlocks));
        CumulativeLengths = _cumulativeLengths.Resize(sequences.Length + 1);
        PastLengths = _pastLengths.Resize(sequences.Length);

        PackTokens(plan.TokenIds.Span);
        var (tokens, rows) = (0, 0);
        for (var i = 0; i < sequences.Length; i++)
        {
            ref readonly var step = ref sequences[i];
            Check(step, tokens, rows, plan);
            CumulativeLengths.Span[i] = tokens;
            PastLengths.Span[i] = step.PastLength;
            PackBlocks(step, BlockTable.Span.Slice(i * MaxBlocks, MaxBlocks));
            tokens += step.TokenCount;
            for (var row = 0; row < step.LogitsCount; row++)
            {
                LogitsIndices.Span[rows++] = tokens - step.LogitsCount + row;
            }
        }

        CumulativeLengths.Span[^1] = tokens;
        if (tokens != plan.TokenIds.Length || rows != plan.LogitsRows)
        {
            throw new ExecutionException($"Step {plan.StepIndex} has {plan.TokenIds.Length} tokens and {plan.LogitsRows} logits rows, but its sequences {tokens} and {rows}.");
        }
    }

    private void PackTokens(ReadOnlySpan<int> tokenIds)
    {
        var destination = InputIds.Span;
        for (var i = 0; i < tokenIds.Length; i++)
        {
            destination[i] = tokenIds[i];
        }
    }

    private static void PackBlocks(in SequenceStep step, Span<int> row)
    {
        step.BlockTable.Span.CopyTo(row);
        row[step.BlockTable.Length..].Clear();
    }

    private static void Check(in SequenceStep step, int tokens, int rows, StepPlan plan)
    {
        var fits = step.TokenCount >= 1
            && step.PackedOffset == tokens
            && step.TokenCount <= plan.TokenIds.Length - tokens
            && step.LogitsCount >= 0
            && step.LogitsCount <= step.TokenCount
            && step.LogitsCount <= plan.LogitsRows - rows
            && (step.LogitsCount == 0 || step.LogitsRow == rows);
        if (!fits)
        {
            throw new ExecutionException($"Step {plan.StepIndex}: sequence {step.SequenceId} does not fit the plan at token {tokens}, logits row {rows}.");
        }
    }
}
