using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

public sealed unsafe class PairProductTests
{
    [Fact]
    public void Compute_RandomAndExtremeValues_IsExact()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var rows = random.Next(1, 40);
            var panels = random.Next(1, 5);
            var pairs = random.Next(1, 9);
            var extreme = round % 5 == 0;
            var depth = 2 * pairs * panels;
            var a = Enumerable.Range(0, rows * depth).Select(_ => extreme ? (short)32767 : (short)random.Next(-32767, 32768)).ToArray();
            var b = Enumerable.Range(0, depth * 32).Select(_ => extreme ? (sbyte)-128 : (sbyte)random.Next(-128, 128)).ToArray();
            var expected = new int[rows * 32];
            for (var i = 0; i < expected.Length; i++)
            {
                for (var k = 0; k < depth; k++)
                {
                    // [pair of depths][column][2]
                    expected[i] += a[i / 32 * depth + k] * b[(k / 2 * 32 + i % 32) * 2 + k % 2];
                }
            }

            foreach (var (path, run) in Paths.Supported(Compute<Lanes512>, Compute<Lanes256>, Compute<Lanes128>))
            {
                foreach (var isAhead in new[] { false, true })
                {
                    Assert.True(
                        expected.AsSpan().SequenceEqual(run(a, b, rows, panels, pairs, isAhead)),
                        $"seed {seed}, round {round}, {path}, fetching ahead: {isAhead}");
                }
            }
        }
    }

    private static int[] Compute<T>(short[] a, sbyte[] b, int rows, int panels, int pairs, bool isAhead)
        where T : unmanaged, ILanes<T>
    {
        var c = new int[rows * 32];
        fixed (short* left = a)
        fixed (sbyte* right = b)
        fixed (int* result = c)
        {
            var pointers = stackalloc sbyte*[panels];
            for (var panel = 0; panel < panels; panel++)
            {
                pointers[panel] = right + panel * pairs * 64;
            }

            var product = new PairPanels { Left = pointers, Right = pointers, RightOffset = 32, Count = panels, Pairs = pairs,
                Stride = 64 };
            var ahead = stackalloc sbyte*[4] { right, right, right, right };
            product.Ahead = isAhead ? ahead : null;
            PairProduct<T>.Compute(left, 2 * pairs * panels, product, result, 32, rows);
        }

        return c;
    }
}
