using Inference.Engine.Execution;

namespace Inference.Testing;

/// <summary>What a <see cref="StepPlan"/> promises, checked.</summary>
public static class PlanValidator
{
    /// <summary>Everything that is wrong with a plan.</summary>
    public static IReadOnlyList<string> Violations(StepPlan plan, ModelLimits limits)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(limits);
        var violations = new List<string>();
        var writers = new Dictionary<int, long>();
        var ids = new HashSet<long>();
        int offset = 0, rows = 0;
        foreach (var step in plan.Sequences.Span)
        {
            Check(ids.Add(step.SequenceId), $"sequence {step.SequenceId} is there twice");
            Check(step.TokenCount > 0, $"sequence {step.SequenceId} has {step.TokenCount} tokens");
            Check(step.PackedOffset == offset, $"sequence {step.SequenceId} starts at {step.PackedOffset}, not {offset}");
            Check(step.LogitsCount >= 0, $"sequence {step.SequenceId} wants {step.LogitsCount} rows");
            Check(step.LogitsCount <= step.TokenCount, $"sequence {step.SequenceId} wants {step.LogitsCount} rows");
            Check(step.LogitsCount == 0 || step.LogitsRow == rows, $"sequence {step.SequenceId} has row {step.LogitsRow}, not {rows}");
            var length = step.PastLength + step.TokenCount;
            Check(step.PastLength >= 0 && length <= limits.MaxModelLength, $"sequence {step.SequenceId} reaches {length} tokens");
            var needed = (length + limits.BlockSize - 1) / limits.BlockSize;
            Check(step.BlockTable.Length == needed, $"sequence {step.SequenceId} has {step.BlockTable.Length} blocks for {length} tokens");
            Check(step.BlockTable.ToArray().Distinct().Count() == step.BlockTable.Length, $"sequence {step.SequenceId} has a block twice");
            foreach (var block in step.BlockTable.Span)
                Check(block >= 0 && block < limits.BlockCount, $"block {block} does not exist");
            foreach (var block in Written(step).Span)
                Check(writers.TryAdd(block, step.SequenceId), $"block {block} is written by {writers[block]} and {step.SequenceId}");

            offset += step.TokenCount;
            rows += step.LogitsCount;
        }

        var copied = new HashSet<int>();
        foreach (var (source, destination) in plan.Copies.Span)
        {
            Check(source >= 0 && source < limits.BlockCount && source != destination, $"block {source} is copied to {destination}");
            Check(copied.Add(destination), $"block {destination} is copied to twice");
            Check(writers.ContainsKey(destination), $"block {destination} is copied to and nobody's to write");
        }

        foreach (var step in plan.Sequences.Span)
        {
            foreach (var block in step.BlockTable.Span)
            {
                var isOthers = writers.TryGetValue(block, out var writer) && writer != step.SequenceId;
                Check(!isOthers, $"block {block} is read by {step.SequenceId} and written by {writer}");
            }
        }

        Check(offset == plan.TokenIds.Length, $"{plan.TokenIds.Length} tokens are packed, not {offset}");
        Check(rows == plan.LogitsRows, $"{plan.LogitsRows} rows of logits, not {rows}");
        foreach (var token in plan.TokenIds.Span)
            Check(token >= 0 && token < limits.VocabularySize, $"token {token} is outside the vocabulary");
        return violations;

        ReadOnlyMemory<int> Written(SequenceStep step) => step.BlockTable[Math.Min(step.PastLength / limits.BlockSize, step.BlockTable.Length)..];

        void Check(bool holds, FormattableString message)
        {
            if (!holds)
                violations.Add($"Step {plan.StepIndex}: {FormattableString.Invariant(message)}.");
        }
    }
}
