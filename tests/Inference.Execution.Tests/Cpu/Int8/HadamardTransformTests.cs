using System.Numerics;
using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class HadamardTransformTests
{
    [Theory]
    [InlineData(1, 48)]
    [InlineData(2, 48)]
    [InlineData(4, 32)]
    [InlineData(8, 16)]
    [InlineData(16, 48)]
    [InlineData(32, 96)]
    [InlineData(64, 192)]
    [InlineData(128, 128)]
    [InlineData(256, 768)]
    [InlineData(512, 1536)]
    [InlineData(1024, 2048)]
    [InlineData(4096, 4096)]
    public void Apply_RandomRow_MultipliesEveryBlockByTheMatrix(int size, int width)
    {
        var row = Rows.Random(new Random(size), width);
        foreach (var (path, run) in Paths.Supported(Apply<Lanes512>, Apply<Lanes256>, Apply<Lanes128>))
        {
            var actual = run(row, size);
            Paths.AssertSame(Apply<Lanes128>(row, size), actual, path);
            for (var i = 0; i < width; i++)
            {
                // Sylvester's matrix: the sign is the parity of the bits that row and column share.
                var block = i / size * size;
                var expected = Enumerable.Range(0, size).Sum(
                    j => (BitOperations.PopCount((uint)((i - block) & j)) % 2 == 0 ? 1.0 : -1.0) * row[block + j]);
                Assert.True(Math.Abs(expected - actual[i]) < 1e-3, $"{path}: element {i} is {actual[i]}, expected {expected}");
            }
        }
    }

    private static float[] Apply<T>(float[] row, int size)
        where T : unmanaged, ILanes<T>
    {
        float[] copy = [.. row, 12345];
        fixed (float* pointer = copy)
        {
            HadamardTransform<T>.Apply(pointer, row.Length, size);
        }

        Assert.Equal(12345, copy[^1]);
        return copy[..^1];
    }
}
