using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class LaneMathTests
{
    private delegate float Function(float x);

    [Fact]
    public void Exp2_OverItsRange_IsWithinTwoTenMillionths()
    {
        foreach (var (name, exp2) in Paths.Supported<Function>(Exp2<Lanes512>, Exp2<Lanes256>, Exp2<Lanes128>))
        {
            for (var x = -126f; x <= 127; x += 0.00173f)
            {
                var expected = Math.Pow(2, x);
                Assert.True(Math.Abs(exp2(x) - expected) <= 2e-7 * expected, $"{name}: 2^{x:R} is {exp2(x):R}, expected {expected:R}");
            }

            Assert.Equal(1, exp2(0));
            Assert.True(float.IsNaN(exp2(float.NaN)));
        }
    }

    [Fact]
    public void Exp2_OnAllPaths_GivesTheSameBits()
    {
        var random = new Random(3);
        for (var i = 0; i < 10000; i++)
        {
            var x = (float)(random.NextDouble() * 253 - 126);
            foreach (var (name, exp2) in Paths.Supported<Function>(Exp2<Lanes512>, Exp2<Lanes256>, Exp2<Lanes128>))
            {
                Paths.AssertSame([Exp2<Lanes128>(x)], [exp2(x)], name);
            }
        }
    }

    [Fact]
    public void Sum_OfLanes_IsTakenByHalves()
    {
        var values = Rows.Random(new Random(4), 16);
        var expected = values;
        while (expected.Length > 1)
        {
            var half = expected.Length / 2;
            expected = [.. Enumerable.Range(0, half).Select(i => expected[i] + expected[i + half])];
        }

        Assert.Equal(expected[0], Reduce<Lanes128>(values).Sum);
        foreach (var (name, reduce) in Paths.Supported(Reduce<Lanes512>, Reduce<Lanes256>, Reduce<Lanes128>))
        {
            var (sum, maximum, magnitude) = reduce(values);
            Assert.True(sum == expected[0] && maximum == values.Max() && magnitude == values.Max(MathF.Abs), name);
        }
    }

    [Fact]
    public void MaxMagnitude_OneNaN_IsNaN()
    {
        foreach (var value in new[] { float.NaN, -float.NaN })
        {
            var values = Rows.Random(new Random(5), 16);
            values[11] = value;
            values[3] = float.PositiveInfinity;
            Assert.All(
                Paths.Supported(Reduce<Lanes512>, Reduce<Lanes256>, Reduce<Lanes128>),
                path => Assert.True(float.IsNaN(path.Run(values).Magnitude), path.Name));
        }
    }

    private static float Exp2<T>(float x)
        where T : unmanaged, ILanes<T> => T.First(LaneMath<T>.Exp2(T.Create(x)));

    private static (float Sum, float Maximum, float Magnitude) Reduce<T>(float[] values)
        where T : unmanaged, ILanes<T>
    {
        fixed (float* pointer = values)
        {
            var lanes = T.Load(pointer);
            return (LaneMath<T>.Sum(lanes), LaneMath<T>.Max(lanes), LaneMath<T>.MaxMagnitude(T.Abs(lanes)));
        }
    }
}
