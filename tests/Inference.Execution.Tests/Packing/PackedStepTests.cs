using Inference.Engine.Execution;
using Inference.Execution.Packing;

namespace Inference.Execution.Tests.Packing;

public sealed class PackedStepTests
{
    [Fact]
    public void Pack_ChunkAndDecode_LaysThemBackToBack()
    {
        using var step = new PackedStep();
        step.Pack(Plan(
            [1, 2, 3, 9],
            2,
            new SequenceStep(7, 3, 0, 16, 1, 0, new[] { 5, 4 }),
            new SequenceStep(8, 1, 3, 40, 1, 1, new[] { 2, 0, 9 })));

        Assert.Equal([1L, 2, 3, 9], step.InputIds.ToArray());
        Assert.Equal([0, 3, 4], step.CumulativeLengths.ToArray());
        Assert.Equal([16, 40], step.PastLengths.ToArray());
        Assert.Equal([5, 4, .. new int[14], 2, 0, 9, .. new int[13]], step.BlockTable.ToArray());
        Assert.Equal(16, step.MaxBlocks);
        Assert.Equal([2L, 3], step.LogitsIndices.ToArray());
    }

    [Fact]
    public void Pack_SeveralRowsOfOneSequence_AreItsLastTokens()
    {
        using var step = new PackedStep();
        step.Pack(Plan(
            [1, 2, 3, 4],
            2,
            new SequenceStep(1, 1, 0, 0, 0, 0, new[] { 0 }),
            new SequenceStep(2, 3, 1, 0, 2, 0, new[] { 1 })));
        Assert.Equal([2L, 3], step.LogitsIndices.ToArray());
    }

    [Fact]
    public void Pack_SmallerStepAfterLarger_LeavesNothingOfTheLarger()
    {
        using var step = new PackedStep();
        step.Pack(Plan([1, 2], 2, new SequenceStep(1, 1, 0, 9, 1, 0, new[] { 7, 7, 7 }), new SequenceStep(2, 1, 1, 9, 1, 1, new[] { 8 })));
        step.Pack(Plan([3], 0, new SequenceStep(3, 1, 0, 0, 0, 0, new[] { 6 })));
        Assert.Equal([3L], step.InputIds.ToArray());
        Assert.Equal([6, .. new int[15]], step.BlockTable.ToArray());
        Assert.Equal(0, step.LogitsIndices.Length);
    }

    [Fact]
    public void Pack_MoreBlocksThanColumns_GrowsTheTable()
    {
        using var step = new PackedStep();
        var blocks = Enumerable.Range(1, 17).ToArray();
        step.Pack(Plan([1], 1, new SequenceStep(1, 1, 0, 260, 1, 0, blocks)));
        Assert.Equal([.. blocks, .. new int[15]], step.BlockTable.ToArray());
    }

    [Theory]
    [InlineData(0, 0, 1)] // no tokens
    [InlineData(2, 0, 1)] // more tokens than the plan
    [InlineData(1, 1, 1)] // wrong offset
    [InlineData(1, 0, 2)] // more rows than tokens
    [InlineData(1, 0, -1)]
    public void Pack_ContradictoryPlan_IsRefused(int tokens, int offset, int rows)
    {
        var plan = Plan([1], 1, new SequenceStep(5, tokens, offset, 0, rows, 0, new[] { 0 }));
        using var step = new PackedStep();
        var failure = Assert.Throws<ExecutionException>(() => step.Pack(plan));
        Assert.Contains("sequence 5", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pack_TokensOfNoSequence_AreRefused()
    {
        using var step = new PackedStep();
        Assert.Throws<ExecutionException>(() => step.Pack(Plan([1, 2], 1, new SequenceStep(5, 1, 0, 0, 1, 0, new[] { 0 }))));
    }

    private static StepPlan Plan(int[] tokens, int rows, params SequenceStep[] sequences) =>
        new() { StepIndex = 3, TokenIds = tokens, Sequences = sequences, LogitsRows = rows };
}
