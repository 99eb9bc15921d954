using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class NormRowTests
{
    private const float Epsilon = 1e-5f;

    public static TheoryData<string> HostileNames => Rows.HostileNames;

    [Fact]
    public void Add_RandomRows_IsTheNormOfTheSum()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var width = 16 * random.Next(1, 50);
            var residual = Rows.Random(random, width);
            var accumulators = Enumerable.Range(0, width).Select(_ => random.Next(-100000, 100000)).ToArray();
            var columns = Rows.Random(random, width, 0.01f);
            const float RowScale = 0.002f;
            var sum = residual.Select((r, i) => r + (double)accumulators[i] * RowScale * columns[i]).ToArray();
            var norm = Math.Sqrt(sum.Sum(x => x * x) / width + Epsilon);
            foreach (var (path, run) in Paths.Supported(Add<Lanes512>, Add<Lanes256>, Add<Lanes128>))
            {
                var context = $"seed {seed}, round {round}, {path}";
                var (row, x, scale) = run(residual, accumulators, RowScale, columns);
                for (var i = 0; i < width; i++)
                {
                    Assert.True(Math.Abs(row[i] - sum[i]) < 1e-5, context);
                    Assert.True(Math.Abs(scale * (x[i] - 128) - sum[i] / norm) < scale * 0.502, context);
                }

                Assert.Equal(127, x.Max(b => Math.Abs(b - 128)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void Add_HostileResidual_GivesTheSameOnAllPaths(string name)
    {
        var residual = Rows.HostileRow(name, 112);
        var columns = Rows.Random(new Random(2), 112);
        var (row, x, scale) = Add<Lanes128>(residual, new int[112], 0, columns);
        foreach (var (path, run) in Paths.Supported(Add<Lanes512>, Add<Lanes256>, Add<Lanes128>))
        {
            var actual = run(residual, new int[112], 0, columns);
            Paths.AssertSame(row, actual.Row, path);
            Paths.AssertSame([scale], [actual.Scale], path);
            Assert.Equal(x, actual.X);
        }

        var squares = residual.Select(r => r * r).Sum();
        Assert.Equal(!float.IsFinite(squares), float.IsNaN(scale));
        Assert.True(float.IsNaN(scale) || scale >= 0);
    }

    [Fact]
    public void Add_RandomRows_GivesTheSameBitsOnAllPaths()
    {
        var random = new Random(12);
        for (var round = 0; round < 50; round++)
        {
            var width = 16 * random.Next(1, 50);
            var residual = Rows.Random(random, width);
            var accumulators = Enumerable.Range(0, width).Select(_ => random.Next()).ToArray();
            var columns = Rows.Random(random, width);
            var expected = Add<Lanes128>(residual, accumulators, 1e-9f, columns);
            foreach (var (path, run) in Paths.Supported(Add<Lanes512>, Add<Lanes256>, Add<Lanes128>))
            {
                var actual = run(residual, accumulators, 1e-9f, columns);
                Paths.AssertSame(expected.Row, actual.Row, path);
                Paths.AssertSame([expected.Scale], [actual.Scale], path);
                Assert.Equal(expected.X, actual.X);
            }
        }
    }

    [Fact]
    public void Embed_EveryByte_IsTheByteTimesTheScale()
    {
        var bytes = Enumerable.Range(-128, 256).Select(i => (sbyte)i).ToArray();
        foreach (var (path, run) in Paths.Supported(Embed<Lanes512>, Embed<Lanes256>, Embed<Lanes128>))
        {
            Paths.AssertSame(bytes.Select(b => b * 0.037f).ToArray(), run(bytes, 0.037f), path);
        }
    }

    private static float[] Embed<T>(sbyte[] embedding, float scale)
        where T : unmanaged, ILanes<T>
    {
        var row = new float[embedding.Length];
        fixed (sbyte* source = embedding)
        fixed (float* destination = row)
        {
            var statistics = NormRow<T>.Embed(source, scale, destination, row.Length);
            Assert.Equal(row.Max(MathF.Abs), statistics.Magnitude);
            Assert.Equal(row.Sum(x => (double)x * x), statistics.SumOfSquares, 1e-3);
        }

        return row;
    }

    private static (float[] Row, byte[] X, float Scale) Add<T>(float[] residual, int[] accumulators, float rowScale, float[] columns)
        where T : unmanaged, ILanes<T>
    {
        var row = new float[residual.Length];
        var x = new byte[residual.Length];
        fixed (float* r = residual, c = columns, s = row)
        fixed (int* a = accumulators)
        fixed (byte* b = x)
        {
            var statistics = NormRow<T>.Add(r, a, rowScale, c, s, row.Length);
            return (row, x, NormRow<T>.Quantize(s, row.Length, statistics, Epsilon, b));
        }
    }
}
