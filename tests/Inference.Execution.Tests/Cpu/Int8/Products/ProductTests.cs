using Inference.Execution.Cpu.Int8;
using Inference.Execution.Cpu.Int8.Generated;
using Inference.Execution.Cpu.Int8.Products;

namespace Inference.Execution.Tests.Cpu.Int8.Products;

public sealed unsafe class ProductTests
{
    private delegate void Product(sbyte[] weights, byte[] activations, int rows, int inputs, int outputs, int[] sums);

    [Fact]
    public void Panels_RandomShapesAndExtremeValues_AreExact()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 150; round++)
        {
            var (rows, inputs, outputs) = (random.Next(1, round % 10 == 0 ? 400 : 60), random.Next(1, 140), random.Next(1, 140));
            var extreme = round % 4 == 0;
            var weights = Enumerable.Range(0, inputs * outputs).Select(_ => extreme ? (sbyte)-128 : (sbyte)random.Next(-128, 128)).ToArray();
            var activations = Enumerable.Range(0, rows * inputs).Select(_ => extreme ? byte.MaxValue : (byte)random.Next(256)).ToArray();
            var expected = ProductReference.Compute(weights, activations, rows, inputs, outputs);
            foreach (var (path, product) in Products())
            {
                var sums = new int[rows * outputs];
                product(weights, activations, rows, inputs, outputs, sums);
                Assert.True(expected.AsSpan().SequenceEqual(sums), $"seed {seed}, round {round}: {rows} x {inputs} x {outputs}, {path}");
            }
        }
    }

    [Fact]
    public void Panels_EveryNumberOfRowsInAModelsShape_AreExact()
    {
        const int Inputs = 576, Outputs = 64;
        var random = new Random(5);
        var weights = new sbyte[Inputs * Outputs];
        random.NextBytes((byte[])(Array)weights);
        for (var rows = 1; rows <= 3 * VnniPanelEmitter.MostRows + 1; rows++)
        {
            var activations = new byte[rows * Inputs];
            random.NextBytes(activations);
            var expected = ProductReference.Compute(weights, activations, rows, Inputs, Outputs);
            foreach (var (path, product) in Products())
            {
                var sums = new int[rows * Outputs];
                product(weights, activations, rows, Inputs, Outputs, sums);
                Assert.True(expected.AsSpan().SequenceEqual(sums), $"{rows} rows, {path}");
            }
        }
    }

    private static IEnumerable<(string Name, Product Product)> Products()
    {
        if (VnniPanelCode.IsSupported)
        {
            yield return ("VNNI", Vnni);
        }

        foreach (var path in Paths.Supported<Product>(Widened<Lanes512>, Widened<Lanes256>, Widened<Lanes128>))
        {
            yield return path;
        }
    }

    private static void Vnni(sbyte[] weights, byte[] activations, int rows, int inputs, int outputs, int[] sums)
    {
        fixed (sbyte* b = weights)
        fixed (byte* a = activations)
        fixed (int* c = sums)
        {
            using var packed = new PackedMatrix(b, inputs, outputs);
            using var padded = new PaddedRows(a, rows, inputs, packed.Width);
            var panels = new VnniProductKernel.Panels(packed, padded.Start, rows, c);
            for (var panel = 0; panel < panels.Count; panel++)
            {
                panels.Invoke(panel);
            }
        }
    }

    private static void Widened<T>(sbyte[] weights, byte[] activations, int rows, int inputs, int outputs, int[] sums)
        where T : unmanaged, ILanes<T>
    {
        fixed (sbyte* b = weights)
        fixed (byte* a = activations)
        fixed (int* c = sums)
        {
            using var packed = new PackedMatrix(b, inputs, outputs);
            using var padded = new PaddedRows(a, rows, inputs, packed.Width);
            var panels = new WidenedProductKernel<T>.Panels(packed, padded.Start, rows, c);
            for (var panel = 0; panel < packed.PanelCount; panel++)
            {
                panels.Invoke(panel);
            }
        }
    }
}
