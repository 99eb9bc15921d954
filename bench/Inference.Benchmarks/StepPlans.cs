using Inference.Engine.Execution;

namespace Inference.Benchmarks;

/// <summary>Plans made by hand.</summary>
internal static class StepPlans
{
    /// <summary>
    /// A plan for sequences that each have <paramref name="blocksPerSequence"/> blocks of their own, and that want one row of logits each.
    /// </summary>
    public static StepPlan Create(ModelLimits limits, int blocksPerSequence, params ReadOnlySpan<SequenceShare> shares)
    {
        var sequences = new SequenceStep[shares.Length];
        var tokens = new List<int>();
        for (var row = 0; row < shares.Length; row++)
        {
            var (sequence, past, count) = shares[row];
            var blocks = Enumerable.Range(sequence * blocksPerSequence, (past + count + limits.BlockSize - 1) / limits.BlockSize);
            sequences[row] = new SequenceStep(sequence, count, tokens.Count, past, LogitsCount: 1, row, blocks.ToArray());
            // Any tokens do, as long as they are not all the same.
            for (var position = past; position < past + count; position++)
                tokens.Add((sequence * 7919 + position * 104729) % limits.VocabularySize);
        }

        return new StepPlan { StepIndex = 0, TokenIds = tokens.ToArray(), Sequences = sequences, LogitsRows = shares.Length, NeedsLogits = false };
    }
}
