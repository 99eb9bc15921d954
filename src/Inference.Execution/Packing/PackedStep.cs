using Inference.Engine.Execution;
using Inference.Models.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Inference.Execution.Packing;

/// <summary>
/// A step's inputs in the paged contract, in buffers that are reused from step to step and grow when a larger step comes. Sequences lie back to back; nothing is
/// padded but the rows of the block table.
/// </summary>
internal sealed class PackedStep : IDisposable
{
    // Block tables grow by a column every few steps; so many columns at once keep their shape, and so their binding, for longer.
    private const int ColumnGrowth = 16;

    private readonly BoundTensor<long> _inputIds = new(GraphContract.InputIds);
    private readonly BoundTensor<long> _logitsIndices = new(GraphContract.LogitsIndices);
    private readonly BoundTensor<int> _blockTable = new(GraphContract.BlockTable);
    private readonly BoundTensor<int> _cumulativeLengths = new(GraphContract.CumulativeSequenceLengths);
    private readonly BoundTensor<int> _pastLengths = new(GraphContract.PastSequenceLengths);

    /// <summary>INT64 [num_tokens].</summary>
    public ReadOnlyMemory<long> InputIds => _inputIds.Memory;

    /// <summary>INT64 [num_logits]: packed positions of the tokens whose logits are wanted.</summary>
    public ReadOnlyMemory<long> LogitsIndices => _logitsIndices.Memory;

    /// <summary>INT32 [batch, <see cref="MaxBlocks"/>]; columns past a sequence's blocks are 0.</summary>
    public ReadOnlyMemory<int> BlockTable => _blockTable.Memory;

    /// <summary>INT32 [batch + 1].</summary>
    public ReadOnlyMemory<int> CumulativeLengths => _cumulativeLengths.Memory;

    /// <summary>INT32 [batch].</summary>
    public ReadOnlyMemory<int> PastLengths => _pastLengths.Memory;

    /// <summary>Columns of the block table: at least the most blocks that a sequence of the step has.</summary>
    public int MaxBlocks { get; private set; }

    /// <summary>Takes over a plan.</summary>
    /// <exception cref="ExecutionException">The plan contradicts itself: offsets, rows or block tables do not fit its sequences.</exception>
    public void Pack(StepPlan plan)
    {
        var sequences = plan.Sequences.Span;
        MaxBlocks = ColumnsFor(sequences);
        var logitsIndices = _logitsIndices.Resize(plan.LogitsRows);
        var blockTable = _blockTable.Resize(sequences.Length, MaxBlocks);
        var cumulativeLengths = _cumulativeLengths.Resize(sequences.Length + 1);
        var pastLengths = _pastLengths.Resize(sequences.Length);
        PackTokens(plan.TokenIds.Span);

        var (tokens, rows) = (0, 0);
        for (var i = 0; i < sequences.Length; i++)
        {
            ref readonly var step = ref sequences[i];
            Check(step, tokens, rows, plan);
            cumulativeLengths[i] = tokens;
            pastLengths[i] = step.PastLength;
            PackBlocks(step, blockTable.Slice(i * MaxBlocks, MaxBlocks));
            tokens += step.TokenCount;
            for (var row = 0; row < step.LogitsCount; row++)
            {
                logitsIndices[rows++] = tokens - step.LogitsCount + row;
            }
        }

        cumulativeLengths[^1] = tokens;
        if (tokens != plan.TokenIds.Length || rows != plan.LogitsRows)
        {
            throw new ExecutionException(
                $"Step {plan.StepIndex} has {plan.TokenIds.Length} tokens and {plan.LogitsRows} logits rows, but its sequences {tokens} and {rows}.");
        }
    }

    /// <summary>Binds what is not bound as it is.</summary>
    public void BindTo(OrtIoBinding binding)
    {
        _inputIds.BindTo(binding);
        _logitsIndices.BindTo(binding);
        _blockTable.BindTo(binding);
        _cumulativeLengths.BindTo(binding);
        _pastLengths.BindTo(binding);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputIds.Dispose();
        _logitsIndices.Dispose();
        _blockTable.Dispose();
        _cumulativeLengths.Dispose();
        _pastLengths.Dispose();
    }

    private static int ColumnsFor(ReadOnlySpan<SequenceStep> sequences)
    {
        var columns = 1;
        foreach (ref readonly var step in sequences)
        {
            columns = Math.Max(columns, step.BlockTable.Length);
        }

        return (columns + ColumnGrowth - 1) / ColumnGrowth * ColumnGrowth;
    }

    private void PackTokens(ReadOnlySpan<int> tokenIds)
    {
        var destination = _inputIds.Resize(tokenIds.Length);
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
