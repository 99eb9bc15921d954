using Inference.Engine.Execution;
using Inference.Engine.Requests;

namespace Inference.Execution.Tests.Models;

/// <summary>Feeds an executor by hand: sequences with blocks of their own, steps of any shape.</summary>
internal sealed class StepDriver(IModelExecutor executor)
{
    private readonly Dictionary<long, (List<int> Blocks, int Length)> _sequences = [];
    private int _nextBlock;
    private long _steps;

    /// <summary>Runs one step: for each entry its new tokens, and logits for its last <c>Rows</c> of them. Rows come in order.</summary>
    public Task<StepResult> StepAsync(params (long Sequence, int[] Tokens, int Rows)[] entries) =>
        StepAsync([.. entries.Select(entry => (entry.Sequence, entry.Tokens, entry.Rows, (Adapter?)null))]);

    /// <summary>As the other, each sequence with an adapter or none.</summary>
    public async Task<StepResult> StepAsync(params (long Sequence, int[] Tokens, int Rows, Adapter? Adapter)[] entries)
    {
        var steps = new List<SequenceStep>();
        var (offset, row) = (0, 0);
        foreach (var (sequence, tokens, rows, adapter) in entries)
        {
            var (blocks, past) = _sequences.GetValueOrDefault(sequence, ([], 0));
            while (blocks.Count * executor.Limits.BlockSize < past + tokens.Length)
            {
                blocks.Add(_nextBlock++);
            }

            steps.Add(new SequenceStep(sequence, tokens.Length, offset, past, rows, row, blocks.ToArray(), adapter));
            _sequences[sequence] = (blocks, past + tokens.Length);
            offset += tokens.Length;
            row += rows;
        }

        var plan = new StepPlan
        {
            StepIndex = _steps++,
            TokenIds = entries.SelectMany(entry => entry.Tokens).ToArray(),
            Sequences = steps.ToArray(),
            LogitsRows = row,
        };
        return await executor.ExecuteAsync(plan, TestContext.Current.CancellationToken);
    }

    /// <summary>Forgets all sequences; their blocks are used again.</summary>
    public void Reset()
    {
        _sequences.Clear();
        _nextBlock = 0;
    }
}
