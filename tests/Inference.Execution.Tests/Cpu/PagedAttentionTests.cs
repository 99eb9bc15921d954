namespace Inference.Execution.Tests.Cpu;

public sealed class PagedAttentionTests
{
    [Fact]
    public void Run_RandomSteps_EqualsTheScalarReference()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var kvHeads = random.Next(1, 4);
            var heads = kvHeads * random.Next(1, 6);
            var headSize = 16 * random.Next(1, 9);
            var blockSize = 16 << random.Next(0, 3);
            var sequences = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (random.Next(0, 300), random.Next(1, 40))).ToArray();
            var problem = new AttentionProblem(random, heads, kvHeads, headSize, blockSize, sequences)
            {
                Window = random.Next(2) * random.Next(1, 200),
                Softcap = random.Next(2) * random.Next(1, 20),
                Slopes = random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, heads).Select(_ => (float)random.NextDouble())],
            };
            var expected = problem.Reference();
            AssertClose(expected, problem.Run(), $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 1)]
    [InlineData(127, 2)]
    [InlineData(0, 129)]
    [InlineData(15, 1)]
    [InlineData(16, 16)]
    public void Run_AtTheEdgesOfBlocksAndChunks_EqualsTheScalarReference(int past, int tokens)
    {
        var problem = new AttentionProblem(new Random(5), 9, 3, 64, 16, (past, tokens));
        var expected = problem.Reference();
        AssertClose(expected, problem.Run(), "fixed seed 5");
    }

    [Fact]
    public void Run_BlockLargerThanAChunk_EqualsTheScalarReference()
    {
        var problem = new AttentionProblem(new Random(6), 4, 2, 32, 256, (300, 5), (0, 7));
        var expected = problem.Reference();
        AssertClose(expected, problem.Run(), "fixed seed 6");
    }

    [Fact]
    public void Run_HugeScores_StayFinite()
    {
        var problem = new AttentionProblem(new Random(7), 2, 1, 32, 16, (0, 20));
        for (var i = 0; i < problem.Qkv.Length; i++)
        {
            problem.Qkv[i] *= 1000;
        }

        var expected = problem.Reference();
        var actual = problem.Run();
        Assert.All(actual, value => Assert.True(float.IsFinite(value)));
        Assert.True(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() < 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(100)]
    public void Run_PromptInChunks_GivesTheSameBits(int chunkLength)
    {
        // One sequence of 150 tokens at once, and the same rows again chunk by chunk over the cache that the chunks before wrote.
        const int Length = 150;
        var whole = new AttentionProblem(new Random(8), 6, 2, 32, 16, (0, Length)).Run();
        var chunked = new List<float>();
        var (keys, values) = (Array.Empty<float>(), Array.Empty<float>());
        for (var past = 0; past < Length; past += chunkLength)
        {
            var tokens = Math.Min(chunkLength, Length - past);
            var step = AttentionProblem.Chunk(new AttentionProblem(new Random(8), 6, 2, 32, 16, (0, Length)), past, tokens, keys, values);
            chunked.AddRange(step.Run());
            (keys, values) = (step.KeyCache, step.ValueCache);
        }

        Assert.Equal(whole.Select(BitConverter.SingleToInt32Bits), chunked.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void Run_SequencesTogether_GiveTheSameBitsAsAlone()
    {
        (int Past, int New)[] sequences = [(0, 33), (200, 1), (17, 5), (0, 1), (131, 64)];
        var together = new AttentionProblem(new Random(9), 9, 3, 64, 16, sequences);
        var alone = sequences.Select((_, i) => together.Only(i)).SelectMany(problem => problem.Run()).ToArray();
        Assert.Equal(together.Run().Select(BitConverter.SingleToInt32Bits), alone.Select(BitConverter.SingleToInt32Bits));
    }

    private static void AssertClose(double[] expected, float[] actual, string context)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) < 2e-5, $"{context}: element {i} is {actual[i]}, expected {expected[i]}");
        }
    }
}
