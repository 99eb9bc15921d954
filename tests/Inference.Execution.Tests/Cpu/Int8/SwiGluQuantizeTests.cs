using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class SwiGluQuantizeTests
{
    [Theory]
    [InlineData(1f)]
    [InlineData(30f)]
    [InlineData(1000f)]
    [InlineData(1e-20f)]
    public void Activate_RandomRows_EqualsTheDefinition(float magnitude)
    {
        var random = new Random(21);
        const int Width = 160;
        var accumulators = Enumerable.Range(0, 2 * Width).Select(_ => random.Next(-1000, 1001)).ToArray();
        var columns = Enumerable.Range(0, 2 * Width).Select(_ => random.NextSingle() + 0.5f).ToArray();
        var rowScale = magnitude / 1000;
        var reference = Activate<Lanes128>(accumulators, rowScale, columns);
        foreach (var (path, run) in Paths.Supported(Activate<Lanes512>, Activate<Lanes256>, Activate<Lanes128>))
        {
            var actual = run(accumulators, rowScale, columns);
            Paths.AssertSame(reference, actual, path);
            for (var i = 0; i < Width; i++)
            {
                var gate = accumulators[i] * (double)rowScale * columns[i];
                var up = accumulators[Width + i] * (double)rowScale * columns[Width + i];
                var expected = gate / (1 + Math.Exp(-gate)) * up;
                Assert.True(
                    Math.Abs(expected - actual[i]) <= 1e-5 * Math.Abs(expected) + 1e-30, $"{path}: {actual[i]}, expected {expected}");
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.MaxValue)]
    public void Activate_HostileScale_GivesTheSameOnAllPaths(float rowScale)
    {
        var accumulators = Enumerable.Range(-32, 64).ToArray();
        var columns = Rows.Random(new Random(22), 64, 100);
        var expected = Activate<Lanes128>(accumulators, rowScale, columns);
        foreach (var (path, run) in Paths.Supported(Activate<Lanes512>, Activate<Lanes256>, Activate<Lanes128>))
        {
            Paths.AssertSame(expected, run(accumulators, rowScale, columns), path);
        }
    }

    private static float[] Activate<T>(int[] accumulators, float rowScale, float[] columns)
        where T : unmanaged, ILanes<T>
    {
        var row = new float[columns.Length / 2];
        fixed (int* a = accumulators)
        fixed (float* c = columns, r = row)
        {
            SwiGluQuantizeKernel<T>.Activate(a, rowScale, c, r, row.Length);
        }

        return row;
    }
}
