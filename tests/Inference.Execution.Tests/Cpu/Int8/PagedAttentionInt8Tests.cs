using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed class PagedAttentionInt8Tests
{
    private delegate Int8AttentionResult Runner(int threads, long shortestPiece);

    [Fact]
    public void Run_RandomSteps_EqualsTheScalarReference()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var kvHeads = random.Next(1, 4);
            var heads = kvHeads * random.Next(1, 6);
            var headSize = 32 * random.Next(1, 5);
            var blockSize = 16 * random.Next(1, 5);
            var sequences = Enumerable.Range(0, random.Next(1, 4)).Select(_ => (random.Next(0, 600), random.Next(1, 25))).ToArray();
            var problem = new Int8AttentionProblem(random, heads, kvHeads, headSize, blockSize, sequences);
            AssertEqualsReference(problem, $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(15, 1)]
    [InlineData(16, 16)]
    [InlineData(255, 1)]
    [InlineData(256, 1)]
    [InlineData(255, 2)]
    [InlineData(0, 257)]
    [InlineData(511, 30)]
    public void Run_AtTheEdgesOfBlocksAndChunks_EqualsTheScalarReference(int past, int tokens) =>
        AssertEqualsReference(new Int8AttentionProblem(new Random(5), 9, 3, 64, 16, (past, tokens)), "fixed seed 5");

    [Fact]
    public void Run_BlockLargerThanAChunk_EqualsTheScalarReference() =>
        AssertEqualsReference(new Int8AttentionProblem(new Random(6), 4, 2, 32, 512, (700, 5), (0, 7)), "fixed seed 6");

    [Fact]
    public void Run_HugeScores_EqualsTheScalarReference()
    {
        var problem = new Int8AttentionProblem(new Random(7), 2, 1, 32, 16, (0, 20));
        for (var i = 0; i < problem.RowScales.Length; i++)
        {
            problem.RowScales[i] *= 1000;
        }

        AssertEqualsReference(problem, "fixed seed 7");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void Run_OnManyThreads_GivesTheSameBitsAsOnOne(int threads)
    {
        var problem = new Int8AttentionProblem(new Random(8), 9, 3, 64, 16, (2000, 3), (40, 2), (700, 40), (0, 1));
        var expected = problem.Run<Lanes128>(1, 1L << 40);
        foreach (var (path, run) in Runners(problem))
        {
            var actual = run(threads, 1);
            AssertSame(expected, actual, path);
            Assert.True(threads < 7 || actual.Pieces > expected.Pieces, "The step was not cut further.");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(100)]
    public void Run_PromptInChunks_GivesTheSameBits(int chunkLength)
    {
        const int Length = 300;
        var problem = new Int8AttentionProblem(new Random(9), 6, 2, 32, 16, (0, Length));
        var whole = problem.Run<Lanes256>();
        var outputs = new List<byte>();
        var scales = new List<float>();
        for (var past = 0; past < Length; past += chunkLength)
        {
            var run = problem.Chunk(past, Math.Min(chunkLength, Length - past)).Run<Lanes256>(2, 1);
            outputs.AddRange(run.Output);
            scales.AddRange(run.Scales);
            problem.Adopt(run);
        }

        Assert.Equal(whole.Output, outputs);
        Assert.Equal(whole.Scales, scales);
    }

    [Fact]
    public void Run_SequencesTogether_GiveTheSameBitsAsAlone()
    {
        (int Past, int New)[] sequences = [(0, 33), (500, 1), (17, 5), (0, 1), (131, 64)];
        var problem = new Int8AttentionProblem(new Random(10), 9, 3, 64, 16, sequences);
        var together = problem.Run<Lanes128>(4, 1);
        var alone = sequences.Select((_, i) => problem.Only(i).Run<Lanes128>()).ToArray();
        Assert.Equal(together.Output, alone.SelectMany(run => run.Output));
        Assert.Equal(together.Scales, alone.SelectMany(run => run.Scales));
    }

    [Fact]
    public void Run_FromFloatsToFloats_GivesTheSameBitsButNoBytes()
    {
        var problem = new Int8AttentionProblem(new Random(13), 9, 3, 64, 16, (2000, 3), (0, 33), (131, 1));
        var expected = problem.Run<Lanes128>();
        foreach (var (path, run) in Paths.Supported<Runner>(
            problem.RunOnFloats<Lanes512>, problem.RunOnFloats<Lanes256>, problem.RunOnFloats<Lanes128>))
        {
            var actual = run(4, 1);
            Paths.AssertSame(expected.Attended, actual.Attended, path);
            Paths.AssertSame(expected.KeyScales, actual.KeyScales, path);
            Assert.Equal(expected.KeyCache, actual.KeyCache);
            Assert.Equal(expected.ValueCache, actual.ValueCache);
            Assert.True(actual.Output.All(value => value == 0) && actual.Scales.All(scale => scale == 0), path);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Run_TokenThatIsNotFinite_SpoilsItselfAndLaterTokensOnly(float scale)
    {
        var problem = new Int8AttentionProblem(new Random(11), 4, 2, 32, 16, (20, 12), (3, 4));
        var clean = problem.Run<Lanes128>();
        problem.RowScales[5] = scale;
        foreach (var (path, run) in Runners(problem))
        {
            var actual = run(1, 6000);
            for (var token = 0; token < problem.Tokens; token++)
            {
                var spoilt = token is >= 5 and < 12;
                Assert.True(
                    spoilt ? float.IsNaN(actual.Scales[token]) : actual.Scales[token] == clean.Scales[token], $"{path}: token {token}");
            }
        }
    }

    [Fact]
    public void Run_ZeroTokens_GiveZeroRows()
    {
        var problem = new Int8AttentionProblem(new Random(12), 4, 2, 32, 16, (0, 20));
        Array.Clear(problem.Qkv);
        foreach (var (path, run) in Runners(problem))
        {
            var actual = run(1, 6000);
            Assert.True(actual.Output.All(value => value == 128) && actual.Scales.All(scale => scale == 0), path);
        }
    }

    private static IEnumerable<(string Name, Runner Run)> Runners(Int8AttentionProblem problem) =>
        Paths.Supported<Runner>(problem.Run<Lanes512>, problem.Run<Lanes256>, problem.Run<Lanes128>);

    private static void AssertEqualsReference(Int8AttentionProblem problem, string context)
    {
        var first = problem.Run<Lanes128>();
        var (expected, undecided) = problem.Reference(first);
        var magnitude = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - first.Attended[i]) < 5e-4 * magnitude + undecided[i],
                $"{context}: element {i} is {first.Attended[i]}, expected {expected[i]}");
        }

        Assert.InRange(problem.LargestCacheError(first), 0, 0.51);
        for (var token = 0; token < problem.Tokens; token++)
        {
            var width = first.Attended.Length / problem.Tokens;
            var row = first.Attended.AsSpan(token * width, width).ToArray();
            Assert.Equal(row.Max(MathF.Abs) / 127, first.Scales[token]);
            var inverse = (double)(127 / row.Max(MathF.Abs));
            Assert.Equal(row.Select(x => (byte)(Math.Round(x * inverse) + 128)), first.Output.AsSpan(token * width, width).ToArray());
        }

        foreach (var (path, run) in Runners(problem))
        {
            AssertSame(first, run(3, 1), $"{context}, {path}");
        }
    }

    private static void AssertSame(Int8AttentionResult expected, Int8AttentionResult actual, string context)
    {
        Paths.AssertSame(expected.Attended, actual.Attended, context);
        Paths.AssertSame(expected.Scales, actual.Scales, context);
        Paths.AssertSame(expected.KeyScales, actual.KeyScales, context);
        Paths.AssertSame(expected.ValueScales, actual.ValueScales, context);
        Assert.Equal(expected.Output, actual.Output);
        Assert.Equal(expected.KeyCache, actual.KeyCache);
        Assert.Equal(expected.ValueCache, actual.ValueCache);
    }
}
