using Inference.Engine.Execution;
using Inference.Models.Conversion;
using Inference.Testing;

namespace Inference.Execution.Tests.Models;

/// <summary>Sequences that part inside a block, on a real model.</summary>
public sealed class BlockCopyTests
{
    [Theory]
    [InlineData(ModelDType.Float32, KvCacheDType.Float32)]
    [InlineData(ModelDType.Int8, KvCacheDType.Int8)]
    public async Task Execute_ForkInACopy_GivesWhatItGivesAlone_AndTheSourceGoesOn(ModelDType dtype, KvCacheDType kvCache)
    {
        await using var executor = LoadedModel.Open(RepositoryFiles.SmolLm2, blockCount: 12, dtype, kvCache);
        var prompt = Enumerable.Range(0, 21).Select(i => 300 + 7 * i).ToArray();
        int[] whole = [.. prompt, 500, 600];
        int[] other = [.. prompt[..20], 700, 800];

        // Blocks 0 and 1 hold the prompt; block 1 is copied to block 2, where the fork goes on from its 20th token.
        await RunAsync(executor, Plan([], (prompt, 0, [0, 1])));
        var forked = await RunAsync(executor, Plan([new BlockCopy(1, 2)], ([500, 600], 21, [0, 1]), ([700, 800], 20, [0, 2])));
        var alone = await RunAsync(executor, Plan([], (whole, 0, [4, 5]), (other, 0, [6, 7])));

        if (dtype == ModelDType.Int8)
        {
            Assert.Equal(alone, forked);
        }
        else
        {
            Assert.All(alone.Zip(forked), pair => Assert.Equal(pair.First, pair.Second, 1e-2f));
        }
    }

    [Theory]
    [InlineData(0, 12)]
    [InlineData(-1, 0)]
    public async Task Execute_CopyOfABlockThatDoesNotExist_Throws(int source, int destination)
    {
        await using var executor = LoadedModel.Open(RepositoryFiles.ZooLlama, blockCount: 12);

        var exception = await Assert.ThrowsAsync<ExecutionException>(
            () => RunAsync(executor, Plan([new BlockCopy(source, destination)], ([1, 2], 0, [0]))));
        Assert.Contains("the cache has 12 blocks", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<float[]> RunAsync(OnnxModelExecutor executor, StepPlan plan)
    {
        var result = await executor.ExecuteAsync(plan, TestContext.Current.CancellationToken);
        return [.. Enumerable.Range(0, result.Rows).SelectMany(row => result.Row(row).ToArray())];
    }

    /// <summary>Logits for the last token of each sequence.</summary>
    private static StepPlan Plan(BlockCopy[] copies, params (int[] Tokens, int Past, int[] Blocks)[] sequences)
    {
        var offset = 0;
        return new StepPlan
        {
            StepIndex = 0,
            TokenIds = sequences.SelectMany(sequence => sequence.Tokens).ToArray(),
            Sequences = sequences.Select((sequence, row) =>
                new SequenceStep(row, sequence.Tokens.Length, (offset += sequence.Tokens.Length) - sequence.Tokens.Length, sequence.Past, 1, row, sequence.Blocks))
                .ToArray(),
            Copies = copies,
            LogitsRows = sequences.Length,
        };
    }
}
