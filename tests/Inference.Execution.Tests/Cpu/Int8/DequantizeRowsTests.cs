using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class DequantizeRowsTests
{
    private const float Guard = 12345;

    private delegate float[] Runner(int[] accumulators, float rowScale, float[] columnScales, float[]? bias);

    public static TheoryData<float> HostileValues =>
        [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, 0f, -0f, 0.3f];

    [Fact]
    public void Dequantize_RowsOfAnyWidth_EqualsTheScalarReference()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var width = random.Next(1, 200);
            var accumulators = Enumerable.Range(0, width).Select(_ => random.Next(int.MinValue, int.MaxValue)).ToArray();
            var bias = round % 2 == 0 ? Rows.Random(random, width) : null;
            AssertEqualsReference(accumulators, random.NextSingle(), Rows.Random(random, width, 1e-6f), bias, $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [MemberData(nameof(HostileValues))]
    public void Dequantize_HostileValues_EqualsTheScalarReference(float value)
    {
        const int Width = 37;
        int[] accumulators = [int.MinValue, int.MaxValue, 0, 1, -1, .. Enumerable.Range(0, Width - 5).Select(i => i << 24)];
        float[] fine = [.. Enumerable.Repeat(0.5f, Width)], hostile = [.. Enumerable.Repeat(value, Width)];
        AssertEqualsReference(accumulators, value, fine, null, "row scale");
        AssertEqualsReference(accumulators, 0.5f, hostile, null, "column scales");
        AssertEqualsReference(accumulators, value, fine, fine, "row scale before a bias");
        AssertEqualsReference(accumulators, 0.5f, hostile, fine, "column scales before a bias");
        AssertEqualsReference(accumulators, 0.5f, fine, hostile, "bias");
    }

    private static void AssertEqualsReference(int[] accumulators, float rowScale, float[] columnScales, float[]? bias, string context)
    {
        var expected = accumulators
            .Select((x, i) => bias is null
                ? (float)x * rowScale * columnScales[i]
                : MathF.FusedMultiplyAdd((float)x * rowScale, columnScales[i], bias[i]))
            .ToArray();
        foreach (var (path, run) in Paths.Supported<Runner>(Dequantize<Lanes512>, Dequantize<Lanes256>, Dequantize<Lanes128>))
        {
            Paths.AssertSame(expected, run(accumulators, rowScale, columnScales, bias), $"{context}, width {accumulators.Length}, {path}");
        }
    }

    private static float[] Dequantize<T>(int[] accumulators, float rowScale, float[] columnScales, float[]? bias)
        where T : unmanaged, ILanes<T>
    {
        var row = new float[accumulators.Length + 16];
        Array.Fill(row, Guard);
        fixed (int* source = accumulators)
        fixed (float* columns = columnScales, biases = bias, destination = row)
        {
            DequantizeRowsKernel<T>.Dequantize(source, rowScale, columns, biases, destination, accumulators.Length);
        }

        Assert.All(row.Skip(accumulators.Length), value => Assert.Equal(Guard, value));
        return row[..accumulators.Length];
    }
}
