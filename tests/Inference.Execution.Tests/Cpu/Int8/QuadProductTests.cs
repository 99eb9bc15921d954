using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class QuadProductTests
{
    private delegate int[] Product(byte[] a, byte[] b, int[] starts, Shape shape);

    [Fact]
    public void Compute_RandomAndExtremeValues_IsExact()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var shape = new Shape(random.Next(1, 40), random.Next(1, 5), random.Next(1, 9), IsUnsigned: round % 2 == 0, IsAhead: round % 3 == 0);
            var extreme = round % 5 == 0;
            var a = Bytes(random, shape.Rows * shape.Depth, extreme, isSigned: shape.IsUnsigned);
            var b = Bytes(random, shape.Depth * 32, extreme, isSigned: !shape.IsUnsigned);
            var starts = Enumerable.Range(0, shape.Rows).Select(_ => random.Next(-5_000_000, 5_000_000)).ToArray();
            var expected = Reference(a, b, starts, shape);
            foreach (var (path, run) in Paths.Supported<Product>(Compute<Lanes512>, Compute<Lanes256>, Compute<Lanes128>))
            {
                Assert.True(expected.AsSpan().SequenceEqual(run(a, b, starts, shape)), $"seed {seed}, round {round}, {path}, {shape}");
            }
        }
    }

    private static byte[] Bytes(Random random, int count, bool extreme, bool isSigned)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        if (extreme)
        {
            Array.Fill(bytes, isSigned ? (byte)0x80 : byte.MaxValue);
        }

        return bytes;
    }

    private static int[] Reference(byte[] a, byte[] b, int[] starts, Shape shape)
    {
        var sums = new int[shape.Rows * 32];
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = starts[i / 32];
            for (var k = 0; k < shape.Depth; k++)
            {
                // [four depths][column][4]
                var (left, right) = (a[i / 32 * shape.Depth + k], b[(k / 4 * 32 + i % 32) * 4 + k % 4]);
                sums[i] += shape.IsUnsigned ? (sbyte)left * right : left * (sbyte)right;
            }
        }

        return sums;
    }

    private static int[] Compute<T>(byte[] a, byte[] b, int[] starts, Shape shape)
        where T : unmanaged, ILanes<T>
    {
        var c = new int[shape.Rows * 32];
        fixed (byte* left = a, right = b)
        fixed (int* result = c, first = starts)
        {
            var pointers = stackalloc byte*[shape.Panels];
            for (var panel = 0; panel < shape.Panels; panel++)
            {
                pointers[panel] = right + panel * shape.Quads * 128;
            }

            var product = new QuadPanels
            {
                Left = pointers, Right = pointers, RightOffset = 64, Count = shape.Panels, Quads = shape.Quads, Stride = 128,
                IsUnsigned = shape.IsUnsigned,
            };
            var ahead = stackalloc byte*[4] { right, right, right, right };
            product.Ahead = shape.IsAhead ? ahead : null;
            QuadProduct<T>.Compute(left, shape.Depth, product, first, result, 32, shape.Rows);
        }

        return c;
    }

    private sealed record Shape(int Rows, int Panels, int Quads, bool IsUnsigned, bool IsAhead)
    {
        public int Depth => 4 * Quads * Panels;
    }
}
