using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class QuantizeRowsTests
{
    private const byte Guard = 0x5a;

    public static TheoryData<string> HostileNames => Rows.HostileNames;

    [Fact]
    public void Quantize_RowsOfAnyWidth_EqualsTheScalarReference()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var row = Rows.Random(random, random.Next(1, 200), MathF.Pow(10, random.Next(-20, 20)));
            AssertEqualsReference(row, $"seed {seed}, round {round}, width {row.Length}");
        }
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void Quantize_HostileRowOfAnyWidth_EqualsTheScalarReference(string name)
    {
        foreach (var width in (int[])[16, 64, 1, 15, 17, 83])
        {
            AssertEqualsReference(Rows.HostileRow(name, width), $"{name}, width {width}");
        }
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(48, 2)]
    [InlineData(96, 32)]
    [InlineData(1536, 512)]
    public void Quantize_Rotated_IsNearTheDefinition(int width, int hadamard)
    {
        var row = Rows.Random(new Random(31), width);
        var expected = Rotated(row, hadamard);
        var magnitude = expected.Max(Math.Abs);
        var reference = Quantize<Lanes128>(row, hadamard);
        foreach (var (path, run) in Paths.Supported<Runner>(Quantize<Lanes512>, Quantize<Lanes256>, Quantize<Lanes128>))
        {
            var actual = run(row, hadamard);
            Assert.Equal(reference.Bytes, actual.Bytes);
            Paths.AssertSame([reference.Scale], [actual.Scale], path);
            for (var i = 0; i < width; i++)
            {
                Assert.Equal(expected[i], (actual.Bytes[i] - 128) * (double)actual.Scale, 0.51 * magnitude / 127);
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Quantize_RotatedRowThatIsNotFinite_HasScaleNaN(float value)
    {
        var row = Rows.Random(new Random(32), 64);
        row[40] = value;
        foreach (var (path, run) in Paths.Supported<Runner>(Quantize<Lanes512>, Quantize<Lanes256>, Quantize<Lanes128>))
        {
            var (bytes, scale) = run(row, 32);
            Assert.True(float.IsNaN(scale) && bytes.All(x => x == 128), path);
        }
    }

    private delegate (byte[] Bytes, float Scale) Runner(float[] row, int hadamard);

    private static void AssertEqualsReference(float[] row, string context)
    {
        var (expected, scale) = RowQuantizerTests.Reference(row, 128);
        foreach (var (path, run) in Paths.Supported<Runner>(Quantize<Lanes512>, Quantize<Lanes256>, Quantize<Lanes128>))
        {
            var actual = run(row, 1);
            Assert.True(expected.AsSpan().SequenceEqual(actual.Bytes), $"{context}, {path}");
            Paths.AssertSame([scale], [actual.Scale], $"{context}, {path}");
        }
    }

    // Element i of a block is the sum of its elements j with the sign (-1)^(bits that i and j share), over sqrt(size).
    private static double[] Rotated(float[] row, int size) =>
    [
        .. row.Select((_, i) => Enumerable.Range(0, size)
            .Sum(j => row[i / size * size + j] * (int.PopCount(i % size & j) % 2 == 0 ? 1.0 : -1.0)) / Math.Sqrt(size)),
    ];

    private static (byte[] Bytes, float Scale) Quantize<T>(float[] row, int hadamard)
        where T : unmanaged, ILanes<T>
    {
        // What lies behind the row, in and out, belongs to its neighbour.
        float[] source = [.. row, .. Enumerable.Repeat(float.NaN, 16)];
        var bytes = new byte[row.Length + 64];
        Array.Fill(bytes, Guard);
        float scale;
        fixed (float* input = source)
        fixed (byte* destination = bytes)
        {
            scale = QuantizeRowsKernel<T>.Quantize(input, row.Length, hadamard, destination);
        }

        Assert.Equal(row, source[..row.Length]);
        Assert.All(bytes.Skip(row.Length), value => Assert.Equal(Guard, value));
        return (bytes[..row.Length], scale);
    }
}
