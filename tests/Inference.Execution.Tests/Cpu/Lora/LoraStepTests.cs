using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Execution.Cpu.Lora;
using Inference.Execution.Tests.Models;
using Inference.Testing;

namespace Inference.Execution.Tests.Cpu.Lora;

public sealed class LoraStepTests
{
    [Fact]
    public async Task Prepare_MixedSequences_CutsEachAdaptersRowsIntoTiles()
    {
        await using var model = new LoraModel(RepositoryFiles.ZooLlama, blockCount: 4);
        var (a, b) = (model.Load("llama-a"), model.Load("llama-b"));
        var step = new LoraStep();
        step.Prepare(Plan((1, a), (2, null), (1, b), (1, a), (1, a), (40, a), (2, b)));

        Assert.Equal((3, 46, 48), (step.TileCount, step.RowCount, step.RowEnd));
        Assert.Equal([new(0, 1), new(4, 31)], Runs(step, 0, a, firstRow: 0));
        Assert.Equal([new(35, 11)], Runs(step, 1, a, firstRow: 32));
        Assert.Equal([new(3, 1), new(46, 2)], Runs(step, 2, b, firstRow: 43));

        step.Prepare(Plan((3, null)));
        Assert.Equal((0, 0, 0), (step.TileCount, step.RowCount, step.RowEnd));
    }

    private static unsafe LoraRun[] Runs(LoraStep step, int index, LoraAdapter adapter, int firstRow)
    {
        ref var tile = ref step.Tiles[index];
        Assert.True(tile.Sites == adapter.Sites);
        Assert.Equal(firstRow, tile.FirstRow);
        return new ReadOnlySpan<LoraRun>(step.Runs + tile.FirstRun, tile.RunCount).ToArray();
    }

    private static StepPlan Plan(params (int Tokens, Adapter? Adapter)[] sequences)
    {
        var (steps, offset) = (new List<SequenceStep>(), 0);
        foreach (var (tokens, adapter) in sequences)
        {
            steps.Add(new SequenceStep(steps.Count, tokens, offset, 0, 0, 0, new[] { 0 }, adapter));
            offset += tokens;
        }

        return new StepPlan { StepIndex = 0, TokenIds = new int[offset], Sequences = steps.ToArray(), LogitsRows = 0 };
    }
}
