using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class RowQuantizerTests
{
    private const byte Guard = 0x5a;

    public static TheoryData<string> HostileNames => Rows.HostileNames;

    [Fact]
    public void ToBytes_RandomRows_EqualsTheScalarReference()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var row = Rows.Random(random, 16 * random.Next(1, 60), MathF.Pow(10, random.Next(-20, 20)));
            AssertEqualsReference(row, round % 2 == 0 ? (byte)128 : (byte)0, $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void ToBytes_HostileRow_EqualsTheScalarReference(string name) => AssertEqualsReference(Rows.HostileRow(name, 80), 128, name);

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void ToHalves_HostileRow_IsTheSameOnAllPaths(string name)
    {
        var row = Rows.HostileRow(name, 80);
        var (halves, scale) = ToHalves<Lanes128>(row);
        foreach (var (path, run) in Paths.Supported(ToHalves<Lanes512>, ToHalves<Lanes256>, ToHalves<Lanes128>))
        {
            var actual = run(row);
            Assert.Equal(halves, actual.Halves);
            Paths.AssertSame([scale], [actual.Scale], path);
        }

        for (var i = 0; i < row.Length && row.All(float.IsFinite); i++)
        {
            Assert.True(Math.Abs(halves[i] * (double)scale - row[i]) <= Math.Max(scale * 0.501, 1e-30), $"element {i}");
        }
    }

    private static void AssertEqualsReference(float[] row, byte zeroPoint, string context)
    {
        var (expected, scale) = Reference(row, zeroPoint);
        foreach (var (path, run) in Paths.Supported(ToBytes<Lanes512>, ToBytes<Lanes256>, ToBytes<Lanes128>))
        {
            var actual = run(row, zeroPoint);
            Assert.True(expected.AsSpan().SequenceEqual(actual.Bytes), $"{context}, {path}");
            Paths.AssertSame([scale], [actual.Scale], $"{context}, {path}");
        }
    }

    /// <summary>The scalar definition.</summary>
    internal static (byte[] Bytes, float Scale) Reference(float[] row, byte zeroPoint)
    {
        if (!row.All(float.IsFinite))
        {
            return ([.. Enumerable.Repeat(zeroPoint, row.Length)], float.NaN);
        }

        var magnitude = row.Max(MathF.Abs);
        if (magnitude < Math.Pow(2, -100))
        {
            return ([.. Enumerable.Repeat(zeroPoint, row.Length)], 0);
        }

        var inverse = 127 / magnitude;
        return ([.. row.Select(x => (byte)((int)Math.Round(x * (double)inverse, MidpointRounding.ToEven) + zeroPoint))], magnitude / 127);
    }

    private static (byte[] Bytes, float Scale) ToBytes<T>(float[] row, byte zeroPoint)
        where T : unmanaged, ILanes<T>
    {
        var bytes = new byte[row.Length + 64];
        Array.Fill(bytes, Guard);
        float scale;
        fixed (float* source = row)
        fixed (byte* destination = bytes)
        {
            scale = RowQuantizer<T>.ToBytes(source, row.Length, RowQuantizer<T>.Magnitude(source, row.Length), zeroPoint, destination);
        }

        Assert.All(bytes.Skip(row.Length), value => Assert.Equal(Guard, value));
        return (bytes[..row.Length], scale);
    }

    private static (short[] Halves, float Scale) ToHalves<T>(float[] row)
        where T : unmanaged, ILanes<T>
    {
        var halves = new short[row.Length];
        fixed (float* source = row)
        fixed (short* destination = halves)
        {
            var scale = RowQuantizer<T>.ToHalves(source, row.Length, RowQuantizer<T>.Magnitude(source, row.Length), destination);
            return (halves, scale);
        }
    }
}
