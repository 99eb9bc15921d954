using Inference.Execution.Cpu.Int8;
using Inference.Execution.Cpu.Int8.Generated;
using Inference.Execution.Cpu.Int8.Products;

namespace Inference.Execution.Tests.Cpu.Int8.Products;

public sealed unsafe class HeadTests
{
    [Fact]
    public void Compute_RandomShapes_IsTheProductAndTheFirstOfTheLargest()
    {
        Assert.SkipUnless(VnniPanelCode.IsSupported && Lanes512.IsSupported, "needs AVX-512 VNNI");
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var (rows, inputs, outputs) = (random.Next(1, round % 10 == 0 ? 200 : 40), random.Next(1, 70), random.Next(1, 1200));

            // Few different numbers, for many equals; and all sums negative now and then, which columns without weights must not win.
            var (low, high) = round % 3 == 0 ? (-2, 0) : (-2, 3);
            var weights = Enumerable.Range(0, inputs * outputs).Select(_ => (sbyte)random.Next(low, high)).ToArray();
            var activations = Enumerable.Range(0, rows * inputs).Select(_ => (byte)random.Next(129, 132)).ToArray();
            var scales = Enumerable.Range(0, outputs).Select(_ => random.Next(20) == 0 ? float.NaN : random.Next(1, 3) * 0.5f).ToArray();
            var sums = new int[rows * outputs];
            var tokens = new int[rows];
            var alone = new int[rows];

            Run(weights, activations, scales, rows, inputs, outputs, sums, tokens);
            Run(weights, activations, scales, rows, inputs, outputs, null, alone);

            var expected = ProductReference.Compute(weights, activations, rows, inputs, outputs);
            var context = $"seed {seed}, round {round}: {rows} x {inputs} x {outputs}";
            Assert.True(expected.AsSpan().SequenceEqual(sums), context);
            Assert.True(tokens.AsSpan().SequenceEqual(alone), context);
            for (var row = 0; row < rows; row++)
            {
                Assert.True(Largest(expected.AsSpan(row * outputs, outputs), scales) == tokens[row], $"{context}, row {row}");
            }
        }
    }

    private static int Largest(ReadOnlySpan<int> sums, float[] scales)
    {
        var (best, token) = (float.NegativeInfinity, 0);
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i] * scales[i] > best)
            {
                (best, token) = (sums[i] * scales[i], i);
            }
        }

        return token;
    }

    private static void Run(
        sbyte[] weights, byte[] activations, float[] scales, int rows, int inputs, int outputs, int[]? sums, int[] tokens)
    {
        fixed (sbyte* b = weights)
        fixed (byte* a = activations)
        fixed (int* c = sums, found = tokens)
        {
            using var head = new HeadWeights(new PackedMatrix(b, inputs, outputs), scales);
            using var padded = new PaddedRows(a, rows, inputs, head.Matrix.Width);
            using var runs = new HeadRuns<Lanes512>(head, padded.Start, rows, c);
            for (var run = runs.Count - 1; run >= 0; run--)
            {
                runs.Invoke(run);
            }

            runs.Merge(found);
        }
    }
}
