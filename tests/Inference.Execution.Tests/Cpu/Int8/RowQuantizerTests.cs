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
    public void ToUnsignedBytes_HostileRow_IsTheSameOnAllPaths(string name)
    {
        float[] row = [.. Rows.HostileRow(name, 80).Select(MathF.Abs)];
        var (bytes, scale) = ToUnsignedBytes<Lanes128>(row);
        foreach (var (path, run) in Paths.Supported(ToUnsignedBytes<Lanes512>, ToUnsignedBytes<Lanes256>, ToUnsignedBytes<Lanes128>))
        {
            var actual = run(row);
            Assert.Equal(bytes, actual.Bytes);
            Paths.AssertSame([scale], [actual.Scale], path);
        }

        Assert.Equal(row.All(float.IsFinite), float.IsFinite(scale));
        for (var i = 0; i < row.Length && float.IsFinite(scale); i++)
        {
            Assert.True(Math.Abs(bytes[i] * (double)scale - row[i]) <= Math.Max(scale * 0.501, 1e-30), $"element {i}");
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

    private static (byte[] Bytes, float Scale) ToUnsignedBytes<T>(float[] row)
        where T : unmanaged, ILanes<T>
    {
        // In place, as weights become bytes.
        float[] copy = [.. row];
        fixed (float* source = copy)
        {
            var scale = RowQuantizer<T>.ToUnsignedBytes(source, row.Length, RowQuantizer<T>.Magnitude(source, row.Length), (byte*)source);
            return (new ReadOnlySpan<byte>(source, row.Length).ToArray(), scale);
        }
    }
}
