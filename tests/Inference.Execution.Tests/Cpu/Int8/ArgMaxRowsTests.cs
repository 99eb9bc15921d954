using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class ArgMaxRowsTests
{
    [Fact]
    public void Find_RandomRowsWithTies_IsTheFirstOfTheLargest()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var columns = random.Next(1, 400);
            var accumulators = Enumerable.Range(0, columns).Select(_ => random.Next(-5, 6)).ToArray();
            var scales = Enumerable.Range(0, columns).Select(_ => random.Next(1, 3) * 0.5f).ToArray();
            var products = Products(accumulators, scales);
            AssertFinds(Array.IndexOf(products, products.Max()), accumulators, scales, $"seed {seed}, {round}");
        }
    }

    [Fact]
    public void Find_EachColumnOnce_FindsIt()
    {
        for (var i = 0; i < 200; i++)
        {
            var accumulators = new int[200];
            Array.Fill(accumulators, int.MinValue);
            accumulators[i] = -5;
            AssertFinds(i, accumulators, [.. Enumerable.Repeat(1f, 200)], "fixed");
        }
    }

    [Fact]
    public void Find_ScalesNaN_PassesThemOver()
    {
        var scales = Enumerable.Repeat(float.NaN, 150).ToArray();
        var accumulators = Enumerable.Repeat(1, 150).ToArray();
        AssertFinds(0, accumulators, scales, "all NaN");
        scales[140] = 1;
        scales[77] = float.PositiveInfinity;
        scales[99] = float.PositiveInfinity;
        AssertFinds(77, accumulators, scales, "one infinity");
    }

    private static float[] Products(int[] accumulators, float[] scales) => [.. accumulators.Zip(scales, (a, s) => a * s)];

    private static void AssertFinds(int expected, int[] accumulators, float[] scales, string context)
    {
        foreach (var (path, run) in Paths.Supported(Find<Lanes512>, Find<Lanes256>, Find<Lanes128>))
        {
            Assert.True(expected == run(accumulators, scales), $"{context}, {path}: {run(accumulators, scales)}, expected {expected}");
        }
    }

    private static int Find<T>(int[] accumulators, float[] scales)
        where T : unmanaged, ILanes<T>
    {
        fixed (int* a = accumulators)
        fixed (float* s = scales)
        {
            return ArgMaxRowsKernel<T>.Find(a, s, accumulators.Length);
        }
    }
}
